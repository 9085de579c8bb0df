package dev.dualprocess.sana;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.config.ConfigFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AutoencoderDcConfigTest {
  /** What has no default: two resolutions, the coarser one with attention in the encoder. */
  private static final String LEAST =
      """
      {"latent_channels": 4, "attention_head_dim": 4, "scaling_factor": 0.5,
       "encoder_block_types": ["ResBlock", "EfficientViTBlock"],
       "encoder_block_out_channels": [8, 16], "decoder_block_out_channels": [8, 8],
       "encoder_layers_per_block": [1, 2], "decoder_layers_per_block": [2, 1],
       "encoder_qkv_multiscales": [[], [3, 5]], "decoder_qkv_multiscales": [[], []]}
      """;

  @Test
  void whatIsAbsentIsAsInDiffusers() throws IOException {
    AutoencoderDcConfig config = with("latent_channels", "4");
    assertEquals(3, config.inChannels());
    assertEquals(2, config.scaleFactor());
    assertTrue(config.unshuffles());
    assertFalse(config.interpolates());
    assertTrue(config.encoderOutShortcut());
    assertTrue(config.decoderInShortcut());
    assertEquals(DcActivation.RELU, config.convAct());
    assertEquals(
        List.of(
            new DcLevel(8, 1, false, 4, List.of(), DcActivation.SILU),
            new DcLevel(16, 2, true, 4, List.of(3, 5), DcActivation.SILU)),
        config.encoderLevels());
    assertEquals(
        List.of(
            new DcLevel(8, 2, false, 4, List.of(), DcActivation.SILU),
            new DcLevel(8, 1, false, 4, List.of(), DcActivation.SILU)),
        config.decoderLevels());
  }

  @Test
  void aNameHoldsForAllResolutions() throws IOException {
    AutoencoderDcConfig all = with("decoder_act_fns", "\"relu\"");
    AutoencoderDcConfig each = with("decoder_act_fns", "[\"relu\", \"relu\"]");
    assertEquals(each.decoderLevels(), all.decoderLevels());
    assertEquals(DcActivation.RELU, all.decoderLevels().get(1).act());
    AutoencoderDcConfig second = with("decoder_act_fns", "[\"silu\", \"relu\"]");
    assertEquals(DcActivation.SILU, second.decoderLevels().get(0).act());
    assertEquals(DcActivation.RELU, second.decoderLevels().get(1).act());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "in_channels | 0 | in_channels is 0, it must be at least 1",
        "latent_channels | -1 | latent_channels is -1, it must be at least 1",
        "latent_channels | 3 | out_channels is 16, which is not a multiple of latent_channels 3",
        "attention_head_dim | 0 | attention_head_dim is 0, it must be at least 1",
        "attention_head_dim | 32 | encoder_block_out_channels is 16, less than attention_head_dim",
        "scaling_factor | 0 | scaling_factor is 0",
        "encoder_block_types | \"Swin\" | encoder_block_types is 'Swin'; supported is ResBlock or",
        "decoder_block_types | [\"ResBlock\", \"Swin\"] | decoder_block_types is 'Swin'",
        "decoder_block_types | [\"ResBlock\", \"ResBlock\", \"ResBlock\"] | has 3 entries, but",
        "upsample_block_type | \"bilinear\" | 'bilinear'; supported is pixel_shuffle or interpol",
        "downsample_block_type | \"pool\" | 'pool'; supported is pixel_unshuffle or conv",
        "decoder_norm_types | [\"rms_norm\", \"batch_norm\"] | 'batch_norm'; supported is rms_norm",
        "decoder_act_fns | \"mish\" | decoder_act_fns is 'mish'; supported is silu or relu",
        "decoder_conv_act_fn | \"mish\" | decoder_conv_act_fn is 'mish'; supported is silu or relu",
        "encoder_block_out_channels | null | encoder_block_out_channels is missing or empty",
        "encoder_block_out_channels | [] | encoder_block_out_channels is missing or empty",
        "encoder_block_out_channels | [8, 0] | encoder_block_out_channels is 0, it must be",
        "encoder_block_out_channels | [8, 24] | is 32, which is not a multiple of the next 24",
        "encoder_block_out_channels | [2, 4, 8] | layers_per_block has 2 entries, but there are 3",
        "decoder_layers_per_block | [1, 0] | decoder_layers_per_block is 0 for resolution 2 of 2",
        "decoder_layers_per_block | [-1, 1] | decoder_layers_per_block is -1 for resolution 1 of 2",
        "encoder_qkv_multiscales | null | encoder_qkv_multiscales is missing or empty",
        "encoder_qkv_multiscales | [[], [4]] | encoder_qkv_multiscales has a kernel of 4",
        "encoder_qkv_multiscales | [[]] | encoder_qkv_multiscales has 1 entries, but there are 2",
      })
  void refusesWhatDoesNotFit(String field, String value, String told) {
    assertRefused(IOException.class, () -> with(field, value), "config.json: ", told);
  }

  @Test
  void refusesHalvesOfDifferentDepth() {
    assertRefused(
        IOException.class,
        () ->
            with(
                "decoder_block_out_channels", "[8]",
                "decoder_layers_per_block", "[1]",
                "decoder_qkv_multiscales", "[[]]"),
        "encoder_block_out_channels has 2 entries, decoder_block_out_channels 1");
  }

  @Test
  void refusesChannelsThatCannotBecomePlaces() {
    String[] field = {"encoder_block_out_channels", "[7, 14]", "latent_channels", "2"};
    assertRefused(
        IOException.class,
        () -> with(field),
        "encoder_block_out_channels is 14, which is not a multiple of the places of pixel_unshuf");
  }

  /** The least config with other or further fields: names and JSON in turn. */
  static AutoencoderDcConfig with(String... fields) throws IOException {
    JsonMapper mapper = JsonMapper.builder().build();
    ObjectNode node = (ObjectNode) mapper.readTree(LEAST);
    for (int i = 0; i < fields.length; i += 2) {
      node.set(fields[i], mapper.readTree(fields[i + 1]));
    }
    return new ConfigFile(Path.of("config.json"), node).as(AutoencoderDcConfig.class);
  }
}
