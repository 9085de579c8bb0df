package dev.dualprocess.cli;

import dev.dualprocess.Assessment;
import dev.dualprocess.Critique;
import dev.dualprocess.Question;
import dev.dualprocess.Verifier;
import dev.dualprocess.VqaSettings;
import dev.dualprocess.spi.PixelLoss;
import dev.dualprocess.spi.PixelVerifier;
import dev.dualprocess.spi.VerifierProvider;
import dev.dualprocess.tensor.Placement;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Plug-ins that do what they should not; on the class path of tests only. */
public final class BrokenVerifiers {
  private BrokenVerifiers() {}

  /** A provider of a pixel verifier. */
  abstract static class Broken implements VerifierProvider {
    private final String name;
    private final PixelLoss loss;

    Broken(String name, PixelLoss loss) {
      this.name = name;
      this.loss = loss;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public boolean supports(Path folder) {
      return false;
    }

    @Override
    public Verifier open(Optional<Path> folder, Placement placement) {
      return new PixelVerifier(name, loss);
    }
  }

  /** Throws whenever it is asked. */
  public static final class Throwing extends Broken {
    /** For ServiceLoader. */
    public Throwing() {
      super(
          "broken-throws",
          (pixels, height, width, question, gradient) -> {
            throw new IllegalStateException("out of ideas");
          });
    }
  }

  /** Says that its loss is no number. */
  public static final class NanLoss extends Broken {
    /** For ServiceLoader. */
    public NanLoss() {
      super("broken-nan-loss", (pixels, height, width, question, gradient) -> Double.NaN);
    }
  }

  /** Has a good loss and a gradient that is no number. */
  public static final class NanGradient extends Broken {
    /** For ServiceLoader. */
    public NanGradient() {
      super(
          "broken-nan-gradient",
          (pixels, height, width, question, gradient) -> {
            Arrays.fill(gradient, Float.NaN);
            return 1;
          });
    }
  }

  /** Is satisfied with everything at first, and later says that its loss is no number. */
  abstract static class Later implements VerifierProvider, Verifier {
    private final String name;
    private int critiques;

    Later(String name) {
      this.name = name;
    }

    /** Whether its loss is NaN after so many steps of training. */
    abstract boolean broken(int steps, boolean training);

    @Override
    public String name() {
      return name;
    }

    @Override
    public boolean supports(Path folder) {
      return false;
    }

    @Override
    public Verifier open(Optional<Path> folder, Placement placement) {
      critiques = 0;
      return this;
    }

    @Override
    public List<Assessment> assess(Tensor image, List<Question> questions, VqaSettings settings) {
      return said(questions, broken(critiques, false));
    }

    @Override
    public Critique critique(Tensor image, List<Question> questions, VqaSettings settings) {
      critiques++;
      Tensor gradient = torch.full_like(image, new Scalar(1e-3));
      return new Critique(said(questions, broken(critiques, true)), gradient);
    }

    private static List<Assessment> said(List<Question> questions, boolean broken) {
      return questions.stream().map(q -> Assessment.ofLoss(broken ? Double.NaN : 1, "")).toList();
    }

    @Override
    public void close() {
      // Nothing is held.
    }
  }

  /** Its loss is no number from the seventh step on. */
  public static final class NanFromTheSeventh extends Later {
    /** For ServiceLoader. */
    public NanFromTheSeventh() {
      super("broken-from-the-seventh");
    }

    @Override
    boolean broken(int steps, boolean training) {
      return steps >= 7 && training;
    }
  }

  /** Its loss is no number once training has ended. */
  public static final class NanAtTheEnd extends Later {
    /** For ServiceLoader. */
    public NanAtTheEnd() {
      super("broken-at-the-end");
    }

    @Override
    boolean broken(int steps, boolean training) {
      return steps > 0 && !training;
    }
  }

  /**
   * Finds no memory on a GPU, in libtorch's words, from the fifth picture on that it is asked of.
   */
  public static final class OutOfMemory extends Broken {
    /** What libtorch 2.10 says. */
    static final String TEXT =
        "CUDA out of memory. Tried to allocate 2.50 GiB. GPU 0 has a total capacity of 79.11 GiB of"
            + " which 10.75 MiB is free. Including non-PyTorch memory, this process has 79.09 GiB"
            + " memory in use.\nException raised from malloc at CUDACachingAllocator.cpp:1566";

    private static final int PICTURES = 4;

    /** For ServiceLoader. */
    public OutOfMemory() {
      super("broken-out-of-memory", afterSome());
    }

    private static PixelLoss afterSome() {
      AtomicInteger asked = new AtomicInteger();
      return (pixels, height, width, question, gradient) -> {
        if (asked.incrementAndGet() > PICTURES) {
          throw new RuntimeException(TEXT);
        }
        Arrays.fill(gradient, 1);
        return 1;
      };
    }
  }

  /** Returns a gradient of another shape than the image's. */
  public static final class WrongShape implements VerifierProvider, Verifier {
    @Override
    public String name() {
      return "broken-wrong-shape";
    }

    @Override
    public boolean supports(Path folder) {
      return false;
    }

    @Override
    public Verifier open(Optional<Path> folder, Placement placement) {
      return this;
    }

    @Override
    public List<Assessment> assess(Tensor image, List<Question> questions, VqaSettings settings) {
      return questions.stream().map(q -> Assessment.ofLoss(1, "")).toList();
    }

    @Override
    public Critique critique(Tensor image, List<Question> questions, VqaSettings settings) {
      return new Critique(assess(image, questions, settings), torch.zeros(1, 3, 2, 2));
    }

    @Override
    public void close() {
      // Nothing is held.
    }
  }
}
