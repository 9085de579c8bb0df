package dev.dualprocess.world;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is asked so that a picture keeps what its prompt says. */
class ContentQuestionTest {
  @Test
  void asksForGroundAndTimeOfAnyScene() {
    Random random = new Random(5);
    for (int i = 0; i < 200; i++) {
      Scene scene = Scene.random(random);
      assertEquals(
          Optional.of(ContentQuestion.of(scene.ground(), scene.time())),
          ContentQuestion.about(scene.prompt()),
          scene::prompt);
    }
    assertEquals(
        Optional.of("Is this the sea at dawn?"),
        ContentQuestion.about("a cartoon of the sea with boats at dawn, bold outlines"));
  }

  @Test
  void asksNothingWhereEitherIsLeftOpen() {
    assertEquals(Optional.empty(), ContentQuestion.about("a photo of a desert"));
    assertEquals(Optional.empty(), ContentQuestion.about("a photo of a city at night"));
  }
}
