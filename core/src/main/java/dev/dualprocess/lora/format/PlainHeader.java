package dev.dualprocess.lora.format;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Alpha as trainers note it in the free text of a header: {@code lora_alpha}, or kohya's {@code
 * ss_network_alpha} and {@code ss_network_dim}.
 *
 * <p>Kohya's trainer always writes {@code .alpha} tensors. A file that names kohya's trainer and
 * has none was converted by a program that multiplied alpha in and copied the header: what it says
 * of alpha no longer holds.
 */
final class PlainHeader implements ScaleSource {
  private final Optional<Double> alpha;
  private final Optional<Double> dim;

  private PlainHeader(Optional<Double> alpha, Optional<Double> dim) {
    this.alpha = alpha;
    this.dim = dim;
  }

  static PlainHeader of(Map<String, String> header) {
    Optional<Double> alpha = number(header, "lora_alpha");
    if (alpha.isPresent()) {
      return new PlainHeader(alpha, Optional.empty());
    }
    boolean converted = header.getOrDefault("ss_network_module", "").startsWith("networks.");
    return converted
        ? new PlainHeader(Optional.empty(), Optional.empty())
        : new PlainHeader(number(header, "ss_network_alpha"), number(header, "ss_network_dim"));
  }

  /** A number above zero; trainers also write None, and 0 for the rank. */
  private static Optional<Double> number(Map<String, String> header, String key) {
    try {
      return Optional.of(Double.parseDouble(header.getOrDefault(key, "")))
          .filter(n -> n > 0 && n < Double.POSITIVE_INFINITY);
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  @Override
  public OptionalDouble scale(String module, int rank) {
    return alpha.isPresent()
        ? OptionalDouble.of(alpha.get() / dim.orElse((double) rank))
        : OptionalDouble.empty();
  }
}
