package dev.dualprocess.flux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.Generator;
import dev.dualprocess.spi.Providers;
import dev.dualprocess.tensor.Placement;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How FLUX.1 is found, and what broken folders are answered with. */
class FluxGeneratorProviderTest {
  private final FluxGeneratorProvider provider = new FluxGeneratorProvider();

  @TempDir Path folder;

  private static Path schnell() {
    return FluxFixtures.pipeline(FluxFixtures.variants().get(FluxFixtures.variants().size() - 1));
  }

  @Test
  void serviceLoaderFindsIt() throws IOException {
    assertInstanceOf(FluxGeneratorProvider.class, Providers.generators().named("flux"));
    try (Generator generator = Providers.generators().open(schnell(), Placement.CPU)) {
      assertEquals(schnell().getFileName().toString(), generator.name());
    }
  }

  @Test
  void readsFluxPipelinesOnly() throws IOException {
    assertTrue(provider.supports(schnell()));
    assertFalse(provider.supports(folder));
    Files.writeString(folder.resolve("model_index.json"), "{\"_class_name\": \"SanaPipeline\"}");
    assertFalse(provider.supports(folder));
    Files.writeString(folder.resolve("model_index.json"), "{broken");
    assertFalse(provider.supports(folder));
  }

  @Test
  void needsAFolder() {
    assertThrows(
        IllegalArgumentException.class, () -> provider.open(Optional.empty(), Placement.CPU));
  }

  @Test
  void aSnapshotOfTheHubIsNamedAfterItsModel() throws IOException {
    Path snapshot = folder.resolve("models--black-forest-labs--FLUX.1-schnell/snapshots/0a1b2c");
    copy(snapshot);
    try (Generator generator = provider.open(snapshot, Placement.CPU)) {
      assertEquals("black-forest-labs/FLUX.1-schnell", generator.name());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "transformer",
        "vae",
        "scheduler",
        "text_encoder",
        "text_encoder_2",
        "tokenizer",
        "tokenizer_2"
      })
  void aMissingPartIsNamed(String part) throws IOException {
    copy(folder);
    delete(folder.resolve(part));
    assertRefused(part);
  }

  @ParameterizedTest
  @ValueSource(strings = {"transformer", "vae", "text_encoder", "text_encoder_2"})
  void missingWeightsAreNamed(String part) throws IOException {
    copy(folder);
    try (Stream<Path> files = Files.list(folder.resolve(part))) {
      for (Path file : files.filter(f -> !f.endsWith("config.json")).toList()) {
        Files.delete(file);
      }
    }
    assertRefused(part);
  }

  @ParameterizedTest
  @CsvSource({
    "transformer/config.json, num_layers, +1, missing transformer_blocks.",
    "transformer/config.json, num_single_layers, +1, missing single_transformer_blocks.",
    "transformer/config.json, attention_head_dim, +1, axes_dims_rope",
    "transformer/config.json, num_attention_heads, 0, num_attention_heads is 0",
    "transformer/config.json, in_channels, +4, in_channels",
    "transformer/config.json, joint_attention_dim, +1, joint_attention_dim",
    "transformer/config.json, pooled_projection_dim, +1, pooled_projection_dim",
    "transformer/config.json, guidance_embeds, not, time_text_embed.guidance_embedder",
    "vae/config.json, layers_per_block, +1, missing encoder.down_blocks.",
    "vae/config.json, mid_block_add_attention, not, mid_block.attentions.",
    "vae/config.json, use_quant_conv, not, quant_conv",
    "vae/config.json, norm_num_groups, 7919, norm_num_groups",
    "vae/config.json, scaling_factor, 0, scaling_factor",
    "vae/config.json, act_fn, mish, act_fn",
    "text_encoder/config.json, num_hidden_layers, +1, missing encoder.layers.",
    "text_encoder/config.json, hidden_act, tanh, unknown activation 'tanh'",
    "text_encoder_2/config.json, d_ff, +1, DenseReluDense",
    "text_encoder_2/config.json, num_heads, many, many",
    "scheduler/scheduler_config.json, use_karras_sigmas, not, use_karras_sigmas",
    "scheduler/scheduler_config.json, _class_name, DDIMScheduler, DDIMScheduler",
  })
  void aConfigThatDoesNotFitIsNamed(String file, String field, String value, String told)
      throws IOException {
    copy(folder);
    JsonMapper mapper = JsonMapper.builder().build();
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
  void truncatedWeightsAreToldAndNothingStaysBehind() throws IOException {
    copy(folder);
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

  private static void copy(Path target) throws IOException {
    try (Stream<Path> files = Files.walk(schnell())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path to = target.resolve(schnell().relativize(file).toString());
        Files.createDirectories(to.getParent());
        Files.copy(file, to);
      }
    }
  }

  private static void delete(Path part) {
    try (Stream<Path> files = Files.list(part)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(part);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
