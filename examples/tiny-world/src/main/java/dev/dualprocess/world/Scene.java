package dev.dualprocess.world;

import com.google.common.collect.ImmutableSet;
import com.google.common.primitives.ImmutableDoubleArray;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * A landscape before it is drawn: everything that its picture of 64x64 pixels follows from.
 *
 * @param style how it is drawn
 * @param ground below the horizon
 * @param time the light
 * @param things what stands there
 * @param tone the colours it is drawn in
 * @param hints what the prompt says about factors
 * @param factors one value from 0 to 1 for every {@link Factor}, before hints narrow it
 */
public record Scene(
    Style style,
    Ground ground,
    TimeOfDay time,
    Things things,
    Tone tone,
    Set<Hint> hints,
    ImmutableDoubleArray factors) {
  /** Height and width in pixels. */
  public static final int SIDE = 64;

  private static final int MOST_HINTS = 2;
  private static final double HIGHEST_HORIZON = 13;
  private static final double LOWEST_HORIZON = 51;
  private static final double THINNEST = 0.8;
  private static final double THICKEST = 4.2;

  /** Checks that there is a value for each factor. */
  public Scene {
    hints = ImmutableSet.copyOf(hints);
    if (factors.length() != Factor.values().length) {
      throw new IllegalArgumentException(factors.length() + " factors");
    }
  }

  /** Any scene; what a prompt can leave unsaid is said at times only. */
  public static Scene random(Random random) {
    Ground ground = any(random, Ground.values());
    List<Things> possible = new ArrayList<>(List.of(Things.NONE, Things.MOUNTAINS));
    possible.addAll(ground.standing());
    possible.addAll(ground.standing());
    Things things = possible.get(random.nextInt(possible.size()));
    Style style = any(random, Style.values());
    Tone tone = random.nextInt(4) == 0 ? any(random, Tone.values()) : Tone.NATURAL;
    return new Scene(
        style,
        ground,
        any(random, TimeOfDay.values()),
        things,
        tone,
        hints(random, style, things),
        factors(random));
  }

  private static Set<Hint> hints(Random random, Style style, Things things) {
    List<Hint> hints = new ArrayList<>();
    if (random.nextInt(4) == 0) {
      hints.add(any(random, Hint.HIGH_HORIZON, Hint.MIDDLE_HORIZON, Hint.LOW_HORIZON));
    }
    if (style == Style.CARTOON && random.nextInt(3) == 0) {
      hints.add(any(random, Hint.THIN_OUTLINES, Hint.BOLD_OUTLINES));
    }
    if (things.inPairs() && random.nextInt(3) == 0) {
      hints.add(any(random, Hint.LEFT_NEAR, Hint.LEFT_FAR));
    }
    if (things.inPairs() && random.nextInt(3) == 0) {
      hints.add(any(random, Hint.RIGHT_NEAR, Hint.RIGHT_FAR));
    }
    Collections.shuffle(hints, random);
    return Set.copyOf(hints.subList(0, Math.min(MOST_HINTS, hints.size())));
  }

  /** The same scene by other values of its factors. */
  public Scene withFactors(ImmutableDoubleArray newFactors) {
    return new Scene(style, ground, time, things, tone, hints, newFactors);
  }

  /** New values for every factor. */
  public static ImmutableDoubleArray factors(Random random) {
    ImmutableDoubleArray.Builder values = ImmutableDoubleArray.builder();
    for (int i = 0; i < Factor.values().length; i++) {
      values.add(random.nextDouble());
    }
    return values.build();
  }

  @SafeVarargs
  private static <T> T any(Random random, T... values) {
    return values[random.nextInt(values.length)];
  }

  /** A value from 0 to 1, narrowed by what the prompt says. */
  double value(Factor factor) {
    double value = factors.get(factor.channel());
    for (Hint hint : hints) {
      if (hint.factor() == factor) {
        value = hint.narrow(value);
      }
    }
    return value;
  }

  private double between(double from, double to, Factor factor) {
    return from + (to - from) * value(factor);
  }

  /** Rows from the top to the boundary of sky and ground. */
  public double horizon() {
    return between(HIGHEST_HORIZON, LOWEST_HORIZON, Factor.HORIZON);
  }

  /** Thickness of outlines in pixels; 0 where there are none. */
  public double outline() {
    return style == Style.CARTOON ? between(THINNEST, THICKEST, Factor.OUTLINE) : 0;
  }

  /** How a person would ask for it. */
  public String prompt() {
    StringBuilder text = new StringBuilder(style.words()).append(' ').append(ground.words());
    if (things != Things.NONE) {
      text.append(" with ").append(things.words());
    }
    text.append(' ').append(time.words());
    if (tone != Tone.NATURAL) {
      text.append(' ').append(tone.words());
    }
    hints.stream().sorted().forEach(hint -> text.append(", ").append(hint.words()));
    return text.toString();
  }
}
