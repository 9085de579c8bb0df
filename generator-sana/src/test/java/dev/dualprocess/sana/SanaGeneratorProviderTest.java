package dev.dualprocess.sana;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.json.JsonReadFeature;
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

/** How Sana is found, and what broken folders are answered with. */
class SanaGeneratorProviderTest {
  private final SanaGeneratorProvider provider = new SanaGeneratorProvider();

  @TempDir Path folder;

  private static Path tiny() {
    return SanaFixtures.pipeline();
  }

  @Test
  void serviceLoaderFindsIt() throws IOException {
    assertInstanceOf(SanaGeneratorProvider.class, Providers.generators().named("sana"));
    try (Generator generator = Providers.generators().open(tiny(), Placement.CPU)) {
      assertEquals(tiny().getFileName().toString(), generator.name());
    }
  }

  @Test
  void readsSanaPipelinesOnly() throws IOException {
    assertTrue(provider.supports(tiny()));
    assertFalse(provider.supports(folder));
    Files.writeString(folder.resolve("model_index.json"), "{\"_class_name\": \"FluxPipeline\"}");
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
    Path snapshot =
        folder.resolve(
            "models--Efficient-Large-Model--Sana_1600M_512px_diffusers/snapshots/0a1b2c");
    copy(snapshot);
    try (Generator generator = provider.open(snapshot, Placement.CPU)) {
      assertEquals("Efficient-Large-Model/Sana_1600M_512px_diffusers", generator.name());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"transformer", "vae", "scheduler", "text_encoder", "tokenizer"})
  void aMissingPartIsNamed(String part) throws IOException {
    copy(folder);
    delete(folder.resolve(part));
    assertRefused(part);
  }

  @ParameterizedTest
  @ValueSource(strings = {"transformer", "vae", "text_encoder"})
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
    "transformer/config.json, num_attention_heads, +1, cross_attention_dim is",
    "transformer/config.json, num_attention_heads, 0, num_attention_heads is 0",
    "transformer/config.json, in_channels, +4, out_channels is",
    "transformer/config.json, caption_channels, +1, caption_channels",
    "transformer/config.json, cross_attention_head_dim, +1, attn2.to_q",
    "transformer/config.json, mlp_ratio, 9, conv_inverted",
    "transformer/config.json, mlp_ratio, 0, mlp_ratio is 0",
    "transformer/config.json, attention_bias, not, missing transformer_blocks.0.attn1.to_q.bias",
    "transformer/config.json, guidance_embeds, not, guidance_embeds is true",
    "transformer/config.json, norm_elementwise_affine, not, norm_elementwise_affine is true",
    "transformer/config.json, qk_norm, rms_norm_across_heads, qk_norm is rms_norm_across_heads",
    "transformer/config.json, interpolation_scale, 2, interpolation_scale is 2.0",
    "transformer/config.json, timestep_scale, 2, timestep_scale is 2.0",
    "transformer/config.json, patch_size, +1, patch_embed.proj",
    "transformer/config.json, sample_size, many, many",
    "vae/config.json, latent_channels, +8, in_channels",
    "vae/config.json, scaling_factor, 0, scaling_factor",
    "text_encoder/config.json, intermediate_size, +1, mlp.down_proj",
    "scheduler/scheduler_config.json, use_karras_sigmas, not, use_karras_sigmas",
    "scheduler/scheduler_config.json, _class_name, DDIMScheduler, DDIMScheduler",
  })
  void aConfigThatDoesNotFitIsNamed(String file, String field, String value, String told)
      throws IOException {
    copy(folder);
    // The scheduler's file contains the bare token -Infinity.
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
    try (Stream<Path> files = Files.walk(tiny())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path to = target.resolve(tiny().relativize(file).toString());
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
