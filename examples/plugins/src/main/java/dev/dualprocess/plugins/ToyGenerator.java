package dev.dualprocess.plugins;

import dev.dualprocess.Conditioning;
import dev.dualprocess.Draft;
import dev.dualprocess.Generator;
import dev.dualprocess.Sampling;
import dev.dualprocess.flow.FlowSchedule;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.lora.LoraTargets;
import dev.dualprocess.nn.Linear;
import dev.dualprocess.recompute.Recomputation;
import dev.dualprocess.recompute.Recompute;
import dev.dualprocess.spi.Require;
import dev.dualprocess.spi.TensorDraft;
import dev.dualprocess.tensor.Lifetime;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.TensorOwner;
import java.util.List;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/**
 * The smallest generator that can be taught, and no flow model: one pass x = tanh(W (z + c)), a
 * colour for each of 8x8 tiles, c by the text. W is random, and takes a LoRA.
 */
final class ToyGenerator implements Generator {
  private static final int TILES = 8;
  private static final int COLOURS = 3 * TILES * TILES;

  private final TensorOwner owner = new TensorOwner();
  private final Recomputation recomputation = new Recomputation(Recompute.OFF, Placement.CPU);
  private final Linear layer =
      new Linear(
          "layer",
          owner.own(Memory.kept(() -> Ops.mul(Noise.randn(1, COLOURS, COLOURS), 0.03))),
          /* bias= */ null);
  private final LoraTargets targets =
      new LoraTargets(
          List.of(layer), Set.of(layer.path()), Placement.CPU, new Lifetime("generator 'toy'"));
  private final Lifetime lifetime = targets.lifetime();

  /** A text as a shift of all tiles, [1, COLOURS]. */
  private record Shift(String text, Tensor c) implements Conditioning {
    @Override
    public void close() {
      c.close();
    }
  }

  @Override
  public String name() {
    return "toy";
  }

  @Override
  public Sampling defaultSampling() {
    return new Sampling(ImageSize.square(64), 1, 0, Sampling.Shift.PUBLISHED);
  }

  @Override
  public double defaultLearningRate() {
    return 1e-3;
  }

  @Override
  public Conditioning condition(String text) {
    lifetime.requireOpen();
    return new Shift(text, Memory.kept(() -> Noise.randn(text.hashCode(), 1, COLOURS)));
  }

  @Override
  public long[] latentShape(ImageSize size) {
    size.requireMultipleOf(TILES);
    return new long[] {COLOURS};
  }

  @Override
  public FlowSchedule schedule(Sampling sampling) {
    return new FlowSchedule(new float[] {1, 0}, 1); // one pass from noise to image
  }

  @Override
  public Tensor sample(Tensor z, Conditioning text, Sampling sampling, int stopBefore) {
    Require.latents(z, latentShape(sampling.size()), sampling.size());
    Require.step(stopBefore, 1);
    return lifetime.sharing(
        () -> stopBefore == 0 ? Memory.scoped(() -> z) : Memory.noGrad(() -> colours(z, text)));
  }

  private Tensor colours(Tensor z, Conditioning text) {
    if (!(text instanceof Shift shift)) {
      throw new IllegalArgumentException("'" + text.text() + "' is of another kind of generator");
    }
    Require.open(shift.c(), "conditioning");
    return layer.forward(z.add(shift.c())).tanh();
  }

  @Override
  public Draft draft(Tensor zt, int step, Conditioning text, Sampling sampling) {
    Require.latents(zt, latentShape(sampling.size()), sampling.size());
    Require.step(step, 0);
    return lifetime.sharing(
        () ->
            TensorDraft.of(
                lifetime,
                recomputation.tape(sampling, targets.learning()),
                () -> image(colours(zt, text), sampling.size())));
  }

  @Override
  public Tensor decode(Tensor latents, ImageSize size) {
    Require.latents(latents, latentShape(size), size);
    return lifetime.sharing(() -> Memory.noGrad(() -> image(latents, size)));
  }

  private static Tensor image(Tensor colours, ImageSize size) {
    Tensor tiles = colours.view(colours.size(0), 3, TILES, TILES);
    return Ops.resizeBilinear(tiles, size.height(), size.width());
  }

  @Override
  public LoraTargets loraTargets() {
    lifetime.requireOpen();
    return targets;
  }

  @Override
  public void close() {
    lifetime.close(
        () -> {
          targets.close();
          owner.close();
        });
  }
}
