package app;

import dev.dualprocess.Generator;
import dev.dualprocess.models.Models;
import dev.dualprocess.spi.LoadOptions;
import dev.dualprocess.spi.Providers;
import dev.dualprocess.tensor.Placement;
import java.awt.image.BufferedImage;

/** Lists the providers that are found, and draws one picture with the bundled generator. */
public final class Listed {
  private Listed() {}

  public static void main(String[] args) throws Exception {
    System.out.println("generators " + Providers.generators().all().keySet());
    System.out.println("verifiers " + Providers.verifiers().all().keySet());
    try (Generator generator = Models.generator("tiny", LoadOptions.at(Placement.CPU))) {
      BufferedImage image =
          generator.generate("a photo of the sea", generator.defaultSampling(), 7);
      System.out.println("drawn " + image.getWidth() + "x" + image.getHeight());
    }
  }
}
