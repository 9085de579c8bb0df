package dev.dualprocess.flux;

import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.testing.PipelineProviderContract;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How FLUX.1 is found, and what broken folders are answered with. */
class FluxGeneratorProviderTest extends PipelineProviderContract {
  private static final Path PIPELINE =
      FluxFixtures.pipeline(FluxFixtures.variants().get(FluxFixtures.variants().size() - 1));

  FluxGeneratorProviderTest() {
    super(new FluxGeneratorProvider(), "flux", PIPELINE, "SanaPipeline");
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
    assertMissingPartIsNamed(part);
  }

  @ParameterizedTest
  @ValueSource(strings = {"transformer", "vae", "text_encoder", "text_encoder_2"})
  void missingWeightsAreNamed(String part) throws IOException {
    assertMissingWeightsAreNamed(part);
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
    assertConfigIsRefused(file, field, value, told);
  }

  /** FLUX.1's tools, where they were stored as the pipeline of text alone. */
  @ParameterizedTest
  @CsvSource({"6, Fill", "2, Canny or Depth"})
  void aToolThatTakesAPictureIsNamed(int times, String name) throws IOException {
    int latents = Fixtures.json(PIPELINE.resolve("vae/config.json")).get("latent_channels").asInt();
    assertConfigIsRefused(
        "transformer/config.json",
        "in_channels",
        String.valueOf(times * 4 * latents),
        "in_channels of the transformer is %d, as in FLUX.1 %s, which takes a picture beside the text"
            .formatted(times * 4 * latents, name));
  }
}
