package dev.dualprocess.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.dualprocess.Conditioning;
import dev.dualprocess.Generator;
import dev.dualprocess.Verifier;
import dev.dualprocess.spi.LoadOptions;
import dev.dualprocess.spi.ModelProvider;
import dev.dualprocess.tensor.Placement;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** In which order models are opened and closed. */
class ModelPairTest {
  private static final LoadOptions HERE = LoadOptions.at(Placement.CPU);

  private final List<String> told = new ArrayList<>();

  /** A model that tells what is asked of it. */
  private <T> T model(Class<T> type) {
    Object model =
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> {
              told.add(type.getSimpleName() + "." + method.getName());
              return method.getName().equals("condition") ? model(Conditioning.class) : null;
            });
    return type.cast(model);
  }

  private <T extends AutoCloseable> ModelSource<T> source(Class<T> type, boolean broken) {
    ModelProvider<T> provider =
        new ModelProvider<>() {
          @Override
          public String name() {
            return type.getSimpleName();
          }

          @Override
          public boolean supports(Path folder) {
            return false;
          }

          @Override
          public T open(Optional<Path> folder, Placement placement) throws IOException {
            told.add(type.getSimpleName() + ".open");
            if (broken) {
              throw new IOException("broken");
            }
            return model(type);
          }
        };
    return new ModelSource<>(provider.name(), Optional.empty(), provider);
  }

  private ModelPair open(boolean broken) throws IOException {
    return ModelPair.open(
        source(Generator.class, false),
        HERE,
        List.of("a cat", "a dog"),
        List.of(source(Verifier.class, broken)),
        HERE);
  }

  @Test
  void theTextsAreEncodedBeforeTheVerifierIsOpened() throws IOException {
    open(false).close();
    assertEquals(
        List.of(
            "Generator.open",
            "Generator.condition",
            "Generator.condition",
            "Verifier.open",
            "Verifier.close",
            "Conditioning.close",
            "Conditioning.close",
            "Generator.close"),
        told);
  }

  @Test
  void nothingStaysOpenIfTheVerifierIsBroken() {
    assertThrows(IOException.class, () -> open(true));
    assertEquals(
        List.of(
            "Generator.open",
            "Generator.condition",
            "Generator.condition",
            "Verifier.open",
            "Conditioning.close",
            "Conditioning.close",
            "Generator.close"),
        told);
  }
}
