package dev.dualprocess.cli;

import dev.dualprocess.Generator;
import dev.dualprocess.Verifier;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.models.MemoryPlan;
import dev.dualprocess.models.ModelPair;
import dev.dualprocess.models.ModelSource;
import dev.dualprocess.spi.LoadOptions;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Who draws and who looks, of whom nothing has been opened yet.
 *
 * @param drawing how the generator is opened
 * @param looking how the verifiers are
 */
record ChosenModels(
    ModelSource<Generator> generator,
    LoadOptions drawing,
    List<ModelSource<Verifier>> verifiers,
    LoadOptions looking) {
  /**
   * Which models these are, equal for those that can stay open for each other.
   *
   * @param generator its name
   * @param drawing how it is opened
   * @param verifiers their names
   * @param looking how they are opened
   */
  record Key(String generator, LoadOptions drawing, List<String> verifiers, LoadOptions looking) {}

  /** Which models these are. */
  Key key() {
    return new Key(
        generator.named(), drawing, verifiers.stream().map(ModelSource::named).toList(), looking);
  }

  /** What they and the training of a LoRA of that rank need; rank 0 trains no LoRA. */
  MemoryPlan distilling(Optional<ImageSize> size, int rank) {
    return MemoryPlan.distilling(generator, drawing, verifiers, looking, size, rank);
  }

  /** What they need where nothing is learnt. */
  MemoryPlan looking(Optional<ImageSize> size) {
    return new MemoryPlan(
        Optional.of(generator), drawing, verifiers, looking, size, OptionalInt.empty());
  }

  /** Opens them, with the texts encoded. */
  ModelPair open(List<String> texts) throws IOException {
    return ModelPair.open(generator, drawing, texts, verifiers, looking);
  }
}
