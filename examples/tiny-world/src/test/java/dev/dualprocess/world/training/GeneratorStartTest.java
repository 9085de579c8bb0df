package dev.dualprocess.world.training;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.flux.FluxNetworks;
import dev.dualprocess.flux.FluxNetworks.TextIds;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.testing.Golden;
import dev.dualprocess.world.Factor;
import dev.dualprocess.world.Scene;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a new generator knows before it has learnt anything. */
class GeneratorStartTest {
  private static final int BATCH = 4;
  private static final int TOKENS = 64;

  @TempDir private Path folder;

  @Test
  void velocityIsTheInputAndEveryTokenKnowsTheFactors() throws IOException {
    Blueprint.writeFlux(folder);
    Random random = new Random(51);
    List<Scene> scenes = Stream.generate(() -> Scene.random(random)).limit(BATCH).toList();
    try (PointerScope scope = new PointerScope();
        FluxNetworks networks = FluxNetworks.open(folder, new Initial(1, GeneratorTraining.ZERO))) {
      GeneratorTraining.start(networks.transformer());
      Tensor scores = SceneNoise.scores(scenes);
      Tensor z = SceneNoise.with(Noise.randn(52, BATCH, TOKENS, 32), scores);
      TextIds texts = networks.ids(scenes.stream().map(Scene::prompt).toList());
      Tensor t = Ops.floats(new float[] {1, 1, 1, 1}, BATCH);
      Tensor v = Memory.noGrad(() -> networks.velocity(z, t, texts));
      Golden.assertClose("velocity", z, v, 0.05);

      // The last map now reads what lies behind the latents: a constant and, in it, the factors.
      Tensor told = Memory.noGrad(() -> behindLatents(networks, z, t, texts));
      Tensor mean = told.mean(new long[] {1}, false, new ScalarTypeOptional()); // over tokens
      Golden.assertClose("factors", scores, mean, 0.06);
      double spread = told.sub(mean.unsqueeze(1)).abs().max().item_double();
      assertTrue(spread < 0.3, "tokens differ by " + spread);
    }
  }

  private static Tensor behindLatents(FluxNetworks networks, Tensor z, Tensor t, TextIds texts) {
    int factors = Factor.values().length;
    Map<String, Tensor> transformer = networks.transformer();
    Tensor map = transformer.get("proj_out.weight"); // [C, D]
    long channels = map.size(0);
    Tensor moved = torch.zeros_like(map);
    moved.narrow(1, channels, channels).copy_(map.narrow(1, 0, channels));
    map.copy_(moved);
    Tensor constants = transformer.get("x_embedder.bias").narrow(0, channels, factors);
    return networks.velocity(z, t, texts).narrow(2, 0, factors).sub(constants);
  }
}
