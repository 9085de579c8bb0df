package dev.dualprocess.hub;

import dev.dualprocess.weights.Convention;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One of the forms in which a folder may hold the same weights; the least is the one that is read.
 *
 * @param convention by whose rule it is named, which says whether shards are preferred
 * @param variant such as {@code fp16}; empty for the weights as they were made
 * @param sharded whether it is several files with an index
 */
record WeightForm(Convention convention, String variant, boolean sharded)
    implements Comparable<WeightForm> {
  private static final List<String> VARIANTS = List.of("", "bf16", "fp16");
  private static final Pattern NAME =
      Pattern.compile(
          "(?:.*/)?(diffusion_pytorch_model|model)(?:\\.(\\w+))?(-\\d+-of-\\d+)?(?:\\.(\\w+))?"
              + "\\.safetensors(\\.index(?:\\.(\\w+))?\\.json)?");
  private static final Comparator<WeightForm> AS_READ =
      Comparator.comparing(WeightForm::convention)
          .thenComparing(WeightForm::rank)
          .thenComparing(WeightForm::variant)
          .thenComparing(form -> form.sharded() != form.convention().indexFirst());

  /** The form that a file of weights, or the index of several, belongs to. */
  static Optional<WeightForm> of(RepoFile file) {
    Matcher name = NAME.matcher(file.path());
    if (!name.matches()) {
      return Optional.empty();
    }
    String variant =
        Stream.of(2, 4, 6).map(name::group).filter(v -> v != null).findFirst().orElse("");
    boolean sharded = name.group(3) != null || name.group(5) != null;
    return Optional.of(new WeightForm(Convention.ofBase(name.group(1)), variant, sharded));
  }

  private int rank() {
    int known = VARIANTS.indexOf(variant);
    return known < 0 ? VARIANTS.size() : known;
  }

  @Override
  public int compareTo(WeightForm other) {
    return AS_READ.compare(this, other);
  }
}
