package dev.dualprocess.sana;

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
 * What a step keeps of an image: the transformer's blocks each take the tokens twice, with the text
 * and without, or once where they are told the guidance scale; the decoder's a feature map.
 */
final class SanaActivations {
  private static final int GUIDED = 2;
  private static final int TRANSFORMER_KEEPS = 30;
  private static final int DECODER_KEEPS = 10;

  private SanaActivations() {}

  static Activations of(Path folder, Optional<ImageSize> given) throws IOException {
    PipelineFolder pipeline = new PipelineFolder(folder);
    SanaTransformerConfig config = pipeline.config("transformer", SanaTransformerConfig.class);
    AutoencoderDcConfig vae = pipeline.config("vae", AutoencoderDcConfig.class);
    ImageSize size = given.orElseGet(() -> SanaModel.defaultSize(config, vae));
    return transformer(config, vae.scaleFactor(), size).and(decoder(vae, size));
  }

  private static Activations transformer(
      SanaTransformerConfig config, int scaleFactor, ImageSize size) {
    long unit = (long) config.patchSize() * scaleFactor;
    long tokens = size.height() / unit * (size.width() / unit);
    int passes = config.guidanceEmbeds() ? 1 : GUIDED;
    long input = passes * tokens * config.innerDim();
    return Activations.of(config.numLayers() * input, input, TRANSFORMER_KEEPS);
  }

  /** An upsampling counts with what it enlarges its input to. */
  private static Activations decoder(AutoencoderDcConfig config, ImageSize size) {
    List<DcLevel> levels = config.decoderLevels();
    List<Long> inputs = new ArrayList<>();
    for (int i = 0; i < levels.size(); i++) {
      long places = (size.height() >> i) * (long) (size.width() >> i);
      DcLevel level = levels.get(i);
      inputs.addAll(Collections.nCopies(level.layers(), places * level.channels()));
      if (i < levels.size() - 1) {
        inputs.add(places * levels.get(i + 1).channels());
      }
    }
    inputs.add((long) size.height() * size.width() * levels.get(0).channels()); // to colours
    long all = inputs.stream().mapToLong(Long::longValue).sum();
    return Activations.of(all, Collections.max(inputs), DECODER_KEEPS);
  }
}
