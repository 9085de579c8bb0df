package dev.dualprocess.sana;

import dev.dualprocess.testing.PipelineProviderContract;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How SANA-Sprint is found, and what broken folders are answered with. */
class SprintGeneratorProviderTest extends PipelineProviderContract {
  SprintGeneratorProviderTest() {
    super(new SanaGeneratorProvider(), "sana", SanaFixtures.sprint(), "FluxPipeline");
  }

  @ParameterizedTest
  @ValueSource(strings = {"transformer", "vae", "scheduler", "text_encoder", "tokenizer"})
  void aMissingPartIsNamed(String part) throws IOException {
    assertMissingPartIsNamed(part);
  }

  @ParameterizedTest
  @CsvSource({
    "transformer/config.json, guidance_embeds, not, guidance_embeds is false",
    "transformer/config.json, qk_norm, rms_norm, qk_norm is rms_norm",
    "transformer/config.json, guidance_embeds_scale, 0, guidance_embeds_scale is 0",
    "transformer/config.json, num_layers, +1, missing transformer_blocks.",
    "transformer/config.json, cross_attention_head_dim, +1, attn2.norm_k",
    "scheduler/scheduler_config.json, prediction_type, epsilon, prediction_type is 'epsilon'",
    "scheduler/scheduler_config.json, sigma_data, 0, sigma_data is 0",
    "scheduler/scheduler_config.json, num_train_timesteps, 0, num_train_timesteps is 0",
    "scheduler/scheduler_config.json, _class_name, EulerDiscreteScheduler, needs a SCMScheduler",
  })
  void aConfigThatDoesNotFitIsNamed(String file, String field, String value, String told)
      throws IOException {
    assertConfigIsRefused(file, field, value, told);
  }
}
