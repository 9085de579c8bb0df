package dev.dualprocess.world.training;

import dev.dualprocess.flux.FluxNetworks;
import dev.dualprocess.flux.FluxNetworks.TextIds;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.world.Scene;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Scenes with everything a generator's training needs of them, encoded once. Owns its tensors. */
final class ScenePool implements AutoCloseable {
  private static final int ENCODED_TOGETHER = 64;

  private final List<Scene> scenes;
  private final Tensor latents; // packed, [N, L, C]
  private final Tensor scores; // [N, factors]
  private final TextIds texts;

  /**
   * Some of the scenes, in the scope they were taken in.
   *
   * @param latents packed, [B, L, C]
   * @param scores [B, factors]
   */
  record Sample(List<Scene> scenes, Tensor latents, Tensor scores, TextIds texts) {}

  /** That many random scenes, encoded by the networks as they are. */
  ScenePool(FluxNetworks networks, int size, Random random) {
    scenes = new ArrayList<>();
    Tensor[] encoded = new Tensor[size / ENCODED_TOGETHER];
    for (int i = 0; i < encoded.length; i++) {
      encoded[i] =
          Memory.kept(
              () ->
                  Memory.noGrad(
                      () -> {
                        SceneBatch batch = SceneBatch.random(ENCODED_TOGETHER, random);
                        scenes.addAll(batch.scenes());
                        return networks.packed(networks.encode(batch.images()));
                      }));
    }
    latents = Memory.kept(() -> Ops.cat(0, encoded));
    for (Tensor part : encoded) {
      part.close();
    }
    scores = Memory.kept(() -> SceneNoise.scores(scenes));
    try (PointerScope scope = new PointerScope()) {
      TextIds ids = networks.ids(scenes.stream().map(Scene::prompt).toList());
      texts = new TextIds(Memory.keep(ids.clipIds()), Memory.keep(ids.t5Ids()));
    }
  }

  /** Some of them, chosen anew. */
  Sample sample(int count, Random random) {
    long[] chosen = random.longs(count, 0, scenes.size()).toArray();
    Tensor index = Ops.longs(chosen, count);
    List<Scene> taken = new ArrayList<>();
    for (long i : chosen) {
      taken.add(scenes.get((int) i));
    }
    return new Sample(
        taken,
        torch.index_select(latents, 0, index),
        torch.index_select(scores, 0, index),
        new TextIds(
            torch.index_select(texts.clipIds(), 0, index),
            torch.index_select(texts.t5Ids(), 0, index)));
  }

  @Override
  public void close() {
    latents.close();
    scores.close();
    texts.clipIds().close();
    texts.t5Ids().close();
  }
}
