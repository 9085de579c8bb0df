package dev.dualprocess.flux;

import dev.dualprocess.Generator;
import dev.dualprocess.Sampling;
import dev.dualprocess.spi.LoadOptions;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.testing.GeneratorContract;
import java.io.IOException;
import java.util.List;
import org.bytedeco.pytorch.global.torch;

/** What a FLUX.1 generator promises, whatever its numbers are. */
abstract class FluxGeneratorContract extends GeneratorContract {
  private final String variant;

  FluxGeneratorContract(String variant) {
    this.variant = variant;
  }

  @Override
  protected Generator open(Placement placement) throws IOException {
    return FluxModel.open(FluxFixtures.pipeline(variant), LoadOptions.at(placement));
  }

  @Override
  protected int unit(Generator opened) {
    return 2 * FluxFixtures.parts(opened).vae().config().scaleFactor();
  }

  @Override
  protected List<Sampling> samplings(Sampling sampling) {
    return List.of(sampling);
  }

  @Override
  protected boolean trainsItsOwnWeights(Generator opened) {
    var transformer = FluxFixtures.parts(opened).transformer();
    return transformer
        .projOut()
        .forward(torch.zeros(1, transformer.config().innerDim()))
        .requires_grad();
  }

  @Override
  protected double halfStep() {
    return 1e-3;
  }
}
