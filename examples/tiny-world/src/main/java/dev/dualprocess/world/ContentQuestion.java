package dev.dualprocess.world;

import java.util.Arrays;
import java.util.Optional;

/** A question about what a picture shows, asked beside a control so that the picture keeps it. */
public final class ContentQuestion {
  private ContentQuestion() {}

  /** Whether it shows that ground in that light, without the request for Yes or No. */
  public static String of(Ground ground, TimeOfDay time) {
    return "Is this " + ground.words() + " " + time.words() + "?";
  }

  /** The question whose answer is Yes where a prompt was followed, if it names ground and time. */
  public static Optional<String> about(String prompt) {
    return Arrays.stream(TimeOfDay.values())
        .filter(t -> prompt.contains(t.words()))
        .findFirst()
        .flatMap(time -> about(prompt, time));
  }

  /** The same about the ground of a prompt, whatever its light, in that light. */
  public static Optional<String> about(String prompt, TimeOfDay time) {
    return Arrays.stream(Ground.values())
        .filter(g -> prompt.contains(g.words()))
        .findFirst()
        .map(ground -> of(ground, time));
  }
}
