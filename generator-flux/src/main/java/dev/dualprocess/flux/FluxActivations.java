package dev.dualprocess.flux;

import dev.dualprocess.image.ImageSize;
import dev.dualprocess.spi.Activations;
import dev.dualprocess.spi.PipelineFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * What a step keeps of an image: the transformer's blocks each take Lt + Li tokens of width D, the
 * decoder's a feature map.
 */
final class FluxActivations {
  private static final int TEXT_TOKENS = 512;
  private static final int TRANSFORMER_KEEPS = 30;
  private static final int DECODER_KEEPS = 7;

  private FluxActivations() {}

  static Activations of(Path folder, Optional<ImageSize> given) throws IOException {
    PipelineFolder pipeline = new PipelineFolder(folder);
    AutoencoderKlConfig vae = pipeline.config("vae", AutoencoderKlConfig.class);
    ImageSize size = given.orElseGet(() -> FluxModel.defaultSize(vae));
    return transformer(
            pipeline.config("transformer", FluxTransformerConfig.class), vae.scaleFactor(), size)
        .and(decoder(vae, size));
  }

  private static Activations transformer(
      FluxTransformerConfig config, int scaleFactor, ImageSize size) {
    long unit = (long) LatentGrid.PATCH * scaleFactor;
    long tokens = TEXT_TOKENS + size.height() / unit * (size.width() / unit);
    long input = tokens * config.innerDim();
    long blocks = (long) config.numLayers() + config.numSingleLayers();
    return Activations.of(blocks * input, input, TRANSFORMER_KEEPS);
  }

  private static Activations decoder(AutoencoderKlConfig config, ImageSize size) {
    long factor = config.scaleFactor();
    long places = size.height() / factor * (size.width() / factor);
    List<Long> inputs = new ArrayList<>(Collections.nCopies(3, places * config.widest())); // middle
    long width = config.widest();
    for (int level = config.blockOutChannels().size() - 1; level >= 0; level--) {
      for (int block = 0; block <= config.layersPerBlock(); block++) {
        inputs.add(places * width);
        width = config.blockOutChannels().get(level);
      }
      inputs.add(places * width); // of the upsampling, or of what makes colours
      places *= level > 0 ? 4 : 1;
    }
    long all = inputs.stream().mapToLong(Long::longValue).sum();
    return Activations.of(all, Collections.max(inputs), DECODER_KEEPS);
  }
}
