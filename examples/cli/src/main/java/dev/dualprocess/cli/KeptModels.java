package dev.dualprocess.cli;

import dev.dualprocess.Conditioning;
import dev.dualprocess.Generator;
import dev.dualprocess.models.ModelPair;
import dev.dualprocess.models.ModelSource;
import dev.dualprocess.models.OpenedModels;
import dev.dualprocess.spi.LoadOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Lends models that stay open for as long as the next run has the same. */
final class KeptModels implements LentModels, AutoCloseable {
  private @Nullable Kept kept;

  private record Kept(LoadOptions drawing, LoadOptions looking, OpenedModels models) {
    boolean fits(ChosenModels chosen) {
      return drawing.equals(chosen.drawing())
          && looking.equals(chosen.looking())
          && models.has(Optional.of(chosen.generator().named()), names(chosen));
    }
  }

  private static List<String> names(ChosenModels chosen) {
    return chosen.verifiers().stream().map(ModelSource::named).toList();
  }

  @Override
  public boolean has(ChosenModels chosen) {
    Kept now = kept;
    if (now != null && now.fits(chosen)) {
      return true;
    }
    close();
    return false;
  }

  @Override
  public RunModels open(ChosenModels chosen, List<String> texts) throws IOException {
    has(chosen);
    Kept now = kept;
    if (now == null) {
      now =
          new Kept(
              chosen.drawing(),
              chosen.looking(),
              new OpenedModels(chosen.drawing(), chosen.looking()));
      kept = now;
    }
    Generator generator = now.models().generator(chosen.generator().named());
    List<Conditioning> encoded = new ArrayList<>();
    try {
      texts.forEach(text -> encoded.add(generator.condition(text)));
      return new RunModels(
          new ModelPair(generator, encoded, now.models().verifier(names(chosen))), true);
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
