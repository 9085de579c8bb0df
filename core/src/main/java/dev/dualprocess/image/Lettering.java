package dev.dualprocess.image;

import com.google.common.base.Suppliers;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether this machine can draw text. A JDK finds its fonts outside itself; on a server without
 * fontconfig or without any font it cannot, and says so with an {@link Error}. Pictures are then
 * made without text.
 */
public final class Lettering {
  private static final Logger LOG = LoggerFactory.getLogger(Lettering.class);

  private static final Supplier<Boolean> AVAILABLE = Suppliers.memoize(Lettering::tryOut);

  private Lettering() {}

  /** Tried out once; the first time it fails a warning is logged. */
  public static boolean available() {
    return AVAILABLE.get();
  }

  private static boolean tryOut() {
    Graphics2D pen = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
    try {
      pen.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
      return pen.getFontMetrics().stringWidth("x") > 0;
    } catch (RuntimeException | LinkageError | InternalError e) {
      LOG.warn("no fonts here, pictures are drawn without text: install fontconfig and a font");
      return false;
    } finally {
      pen.dispose();
    }
  }
}
