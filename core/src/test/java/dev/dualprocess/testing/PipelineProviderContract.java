package dev.dualprocess.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.Generator;
import dev.dualprocess.spi.GeneratorProvider;
import dev.dualprocess.spi.Providers;
import dev.dualprocess.tensor.Placement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every provider of generators keeps: found by ServiceLoader, by name and by folder, and a
 * broken folder is answered in one line that says what is broken.
 */
public abstract class PipelineProviderContract {
  private final GeneratorProvider provider;
  private final String name;
  private final Path pipeline;
  private final String otherClass;

  @TempDir private Path folder;

  /**
   * A provider under test.
   *
   * @param name what people call it
   * @param pipeline a folder it opens
   * @param otherClass a pipeline's {@code _class_name} that is not its own
   */
  protected PipelineProviderContract(
      GeneratorProvider provider, String name, Path pipeline, String otherClass) {
    this.provider = provider;
    this.name = name;
    this.pipeline = pipeline;
    this.otherClass = otherClass;
  }

  @Test
  final void serviceLoaderFindsIt() throws IOException {
    assertInstanceOf(provider.getClass(), Providers.generators().named(name));
    try (Generator generator = Providers.generators().open(pipeline, Placement.CPU)) {
      assertEquals(pipeline.getFileName().toString(), generator.name());
    }
  }

  @Test
  final void readsItsOwnPipelinesOnly() throws IOException {
    assertTrue(provider.supports(pipeline));
    assertFalse(provider.supports(folder));
    Path index = folder.resolve("model_index.json");
    Files.writeString(index, "{\"_class_name\": \"%s\"}".formatted(otherClass));
    assertFalse(provider.supports(folder));
    assertFalse(provider.reads().isEmpty());
    for (String read : provider.reads()) {
      Files.writeString(index, "{\"_class_name\": \"%s\"}".formatted(read));
      assertTrue(provider.supports(folder), read);
    }
    Files.writeString(index, "{broken");
    assertFalse(provider.supports(folder));
  }

  @Test
  final void needsAFolder() {
    assertThrows(
        IllegalArgumentException.class, () -> provider.open(Optional.empty(), Placement.CPU));
  }

  @Test
  final void aSnapshotOfTheHubIsNamedAfterItsModel() throws IOException {
    Path snapshot = folder.resolve("models--Some-Lab--Some_Model.1-dev/snapshots/0a1b2c");
    CopiedFolder.of(pipeline, snapshot);
    try (Generator generator = provider.open(snapshot, Placement.CPU)) {
      assertEquals("Some-Lab/Some_Model.1-dev", generator.name());
    }
  }

  /** A folder of the pipeline that is not there is named. */
  protected final void assertMissingPartIsNamed(String part) throws IOException {
    CopiedFolder.of(pipeline, folder);
    try (Stream<Path> files = Files.list(folder.resolve(part))) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder.resolve(part));
    assertRefused(part);
  }

  /** A folder of the pipeline with a config alone is named. */
  protected final void assertMissingWeightsAreNamed(String part) throws IOException {
    CopiedFolder.of(pipeline, folder);
    try (Stream<Path> files = Files.list(folder.resolve(part))) {
      for (Path file : files.filter(f -> !f.endsWith("config.json")).toList()) {
        Files.delete(file);
      }
    }
    assertRefused(part);
  }

  /**
   * A config with one field changed is refused.
   *
   * @param value +n to add n, a number or a text to put, {@code not} for the opposite
   */
  protected final void assertConfigIsRefused(String file, String field, String value, String told)
      throws IOException {
    CopiedFolder.of(pipeline, folder);
    // Some schedulers' files contain the bare token -Infinity.
    JsonMapper mapper =
        JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS.mappedFeature())
            .build();
    Path path = folder.resolve(file);
    ObjectNode json = (ObjectNode) mapper.readTree(path.toFile());
    if (value.startsWith("+")) {
      json.put(field, json.path(field).asInt() + Integer.parseInt(value.substring(1)));
    } else if (value.matches("\\d+")) {
      json.put(field, Integer.parseInt(value));
    } else if (value.equals("not")) {
      json.put(field, !json.path(field).asBoolean());
    } else {
      json.put(field, value);
    }
    mapper.writeValue(path.toFile(), json);
    assertRefused(told);
  }

  @Test
  final void truncatedWeightsAreToldAndNothingStaysBehind() throws IOException {
    CopiedFolder.of(pipeline, folder);
    try (Stream<Path> files = Files.list(folder.resolve("vae"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".safetensors")).toList()) {
        byte[] all = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(all, all.length / 2));
      }
    }
    assertRefused("truncated");
    long before = Pointer.totalCount();
    assertRefused("truncated");
    assertEquals(before, Pointer.totalCount());
  }

  private void assertRefused(String told) {
    IOException refusal =
        assertThrows(IOException.class, () -> provider.open(folder, Placement.CPU).close());
    String message = refusal.getMessage();
    assertTrue(message.contains(told), message);
    assertTrue(message.contains(folder.toString()), message);
    assertEquals(1, message.lines().count(), message);
  }
}
