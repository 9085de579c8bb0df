package app;

import dev.dualprocess.models.Models;
import dev.dualprocess.spi.LoadOptions;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.Torch;
import java.util.concurrent.Callable;

/** What a program without native libraries is told, by each of the calls that may come first. */
public final class Bare {
  private Bare() {}

  public static void main(String[] args) {
    tell("automatic", Placement::automatic);
    tell("generator", () -> Models.generator("tiny", LoadOptions.at(Placement.CPU)));
    tell("verifier", () -> Models.verifier("tiny", LoadOptions.at(Placement.CPU)));
    tell("threads", Torch::threads);
  }

  private static void tell(String what, Callable<?> call) {
    try {
      System.out.println(what + ": no error: " + call.call());
    } catch (Exception e) {
      System.out.println(what + ": " + e.getClass().getName() + ": " + e.getMessage());
    }
  }
}
