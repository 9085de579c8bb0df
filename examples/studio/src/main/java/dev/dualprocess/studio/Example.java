package dev.dualprocess.studio;

import dev.dualprocess.Sampling;
import dev.dualprocess.run.RunPlan;
import java.util.List;
import java.util.function.Function;

/**
 * A control that the form can be filled with at one click.
 *
 * @param name of one word
 * @param title for people
 * @param says what it teaches, in one sentence
 * @param unseenPrompts texts to try it on that it is not taught on
 * @param plan what is asked for, where the generator is sampled like that
 */
public record Example(
    String name,
    String title,
    String says,
    List<String> unseenPrompts,
    Function<Sampling, RunPlan> plan) {
  /** Copies the list. */
  public Example {
    unseenPrompts = List.copyOf(unseenPrompts);
  }
}
