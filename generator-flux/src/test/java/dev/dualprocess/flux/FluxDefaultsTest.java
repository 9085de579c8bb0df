package dev.dualprocess.flux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dualprocess.Generator;
import dev.dualprocess.Sampling;
import dev.dualprocess.image.ImageSize;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What FLUX.1 Schnell and Dev draw with where nothing is asked for. */
class FluxDefaultsTest {
  static List<String> variants() {
    return FluxFixtures.variants();
  }

  @ParameterizedTest
  @MethodSource("variants")
  void defaultsAreThoseOfTheModelCard(String variant) throws IOException {
    try (Generator generator = FluxFixtures.generator(FluxFixtures.pipeline(variant))) {
      Sampling sampling = generator.defaultSampling();
      boolean dev = FluxFixtures.parts(generator).transformer().config().guidanceEmbeds();
      assertEquals(dev ? 28 : 1, sampling.numInferenceSteps());
      assertEquals(dev ? 3.5 : 0, sampling.guidanceScale());
      int side = Math.min(512, FluxFixtures.parts(generator).vae().config().sampleSide(512));
      assertEquals(ImageSize.square(side), sampling.size());
      assertEquals(sampling.numInferenceSteps(), generator.schedule(sampling).steps());
    }
  }
}
