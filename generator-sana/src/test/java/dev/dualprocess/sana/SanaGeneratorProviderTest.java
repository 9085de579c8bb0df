package dev.dualprocess.sana;

import dev.dualprocess.testing.PipelineProviderContract;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How Sana is found, and what broken folders are answered with. */
class SanaGeneratorProviderTest extends PipelineProviderContract {
  SanaGeneratorProviderTest() {
    super(new SanaGeneratorProvider(), "sana", SanaFixtures.pipeline(), "FluxPipeline");
  }

  @ParameterizedTest
  @ValueSource(strings = {"transformer", "vae", "scheduler", "text_encoder", "tokenizer"})
  void aMissingPartIsNamed(String part) throws IOException {
    assertMissingPartIsNamed(part);
  }

  @ParameterizedTest
  @ValueSource(strings = {"transformer", "vae", "text_encoder"})
  void missingWeightsAreNamed(String part) throws IOException {
    assertMissingWeightsAreNamed(part);
  }

  @ParameterizedTest
  @CsvSource({
    "transformer/config.json, num_layers, +1, missing transformer_blocks.",
    "transformer/config.json, num_attention_heads, +1, cross_attention_dim is",
    "transformer/config.json, num_attention_heads, 0, num_attention_heads is 0",
    "transformer/config.json, in_channels, +4, out_channels is",
    "transformer/config.json, caption_channels, +1, caption_channels",
    "transformer/config.json, cross_attention_head_dim, +1, attn2.to_q",
    "transformer/config.json, mlp_ratio, +1, conv_inverted",
    "transformer/config.json, mlp_ratio, 0, mlp_ratio is 0",
    "transformer/config.json, attention_bias, not, missing transformer_blocks.0.attn1.to_q.bias",
    "transformer/config.json, guidance_embeds, not, guidance_embeds is true",
    "transformer/config.json, norm_elementwise_affine, not, norm_elementwise_affine is true",
    "transformer/config.json, qk_norm, rms_norm_across_heads, missing transformer_blocks.0.attn1.norm_k",
    "transformer/config.json, qk_norm, layer_norm, qk_norm is layer_norm",
    "transformer/config.json, interpolation_scale, 2, interpolation_scale is 2.0",
    "transformer/config.json, timestep_scale, 0, timestep_scale is 0.0",
    "transformer/config.json, patch_size, +1, patch_embed.proj",
    "transformer/config.json, sample_size, many, many",
    "vae/config.json, latent_channels, 1, in_channels",
    "vae/config.json, scaling_factor, 0, scaling_factor",
    "text_encoder/config.json, intermediate_size, +1, mlp.down_proj",
    "scheduler/scheduler_config.json, use_karras_sigmas, not, use_karras_sigmas",
    "scheduler/scheduler_config.json, _class_name, DDIMScheduler, DDIMScheduler",
  })
  void aConfigThatDoesNotFitIsNamed(String file, String field, String value, String told)
      throws IOException {
    assertConfigIsRefused(file, field, value, told);
  }
}
