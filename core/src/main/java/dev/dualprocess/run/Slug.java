package dev.dualprocess.run;

import com.google.common.base.Ascii;
import java.text.Normalizer;

/** Turns texts, such as prompts, into parts of file names. */
public final class Slug {
  private static final int LONGEST = 40;

  private Slug() {}

  /**
   * Lower-case letters without their accents, digits and single hyphens, at most {@value #LONGEST}
   * of them; never empty.
   */
  public static String of(String text) {
    String bare = Normalizer.normalize(text, Normalizer.Form.NFKD).replaceAll("\\p{M}+", "");
    String slug = Ascii.toLowerCase(bare).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
    String cut = slug.length() > LONGEST ? slug.substring(0, LONGEST) : slug;
    return cut.isEmpty() ? "image" : cut.replaceAll("-$", "");
  }
}
