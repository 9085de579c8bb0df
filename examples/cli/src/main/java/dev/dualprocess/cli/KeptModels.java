package dev.dualprocess.cli;

import dev.dualprocess.Conditioning;
import dev.dualprocess.Generator;
import dev.dualprocess.models.ModelPair;
import dev.dualprocess.models.OpenedModels;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Lends models that stay open for as long as the next run has the same. */
final class KeptModels implements LentModels, AutoCloseable {
  private @Nullable Kept kept;

  private record Kept(ChosenModels.Key key, OpenedModels models) {
    boolean has(ChosenModels.Key other) {
      return key.equals(other) && models.has(Optional.of(other.generator()), other.verifiers());
    }
  }

  @Override
  public boolean has(ChosenModels chosen) {
    Kept now = kept;
    if (now != null && now.has(chosen.key())) {
      return true;
    }
    close();
    return false;
  }

  @Override
  public RunModels open(ChosenModels chosen, List<String> texts) throws IOException {
    Kept now = has(chosen) ? kept : null;
    if (now == null) {
      now = new Kept(chosen.key(), new OpenedModels(chosen.drawing(), chosen.looking()));
      kept = now;
    }
    Generator generator = now.models().generator(now.key().generator());
    List<Conditioning> encoded = new ArrayList<>();
    try {
      texts.forEach(text -> encoded.add(generator.condition(text)));
      return new RunModels(
          new ModelPair(generator, encoded, now.models().verifier(now.key().verifiers())), true);
    } catch (IOException | RuntimeException e) {
      encoded.forEach(Conditioning::close);
      throw e;
    }
  }

  @Override
  public void close() {
    Kept now = kept;
    kept = null;
    if (now != null) {
      now.models().close();
    }
  }
}
