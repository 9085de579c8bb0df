package dev.dualprocess.weights;

import dev.dualprocess.tensor.Dtype;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One set of weights in a folder: a single file, an index with shards, or both.
 *
 * @param convention by whose rule it is named
 * @param variant such as {@code fp16}; empty for the plain name
 * @param single the one file
 * @param index of the shards
 */
record StoredForm(
    Convention convention, String variant, Optional<Path> single, Optional<Path> index) {
  /**
   * base[.variant].safetensors[.variant][.index[.variant].json]: writers put it in three places.
   */
  private static final Pattern NAME =
      Pattern.compile(
          "(?<base>diffusion_pytorch_model|model)(\\.(?<v1>\\w+))?\\.safetensors"
              + "((\\.(?<v2>\\w+))?(?<index>\\.index)(\\.(?<v3>\\w+))?\\.json)?");

  /** The file that is read: of both, the one that the library of that name reads. */
  Path read() {
    return convention.indexFirst() ? index.or(() -> single).get() : single.or(() -> index).get();
  }

  /** The one that is not read. */
  Optional<Path> passedOver() {
    return single.isPresent() && index.isPresent()
        ? (convention.indexFirst() ? single : index)
        : Optional.empty();
  }

  boolean isPlain() {
    return variant.isEmpty();
  }

  /** The form in a folder that is nearest to a dtype; one under a plain name is nearer than all. */
  static Optional<StoredForm> nearest(Path folder, Dtype wanted) throws IOException {
    List<String> order = Convention.nearest(wanted);
    return in(folder).stream()
        .min(
            Comparator.comparing((StoredForm form) -> !form.isPlain())
                .thenComparing(form -> rank(order, form.variant()))
                .thenComparing(StoredForm::variant)
                .thenComparing(StoredForm::convention));
  }

  private static int rank(List<String> order, String variant) {
    int at = order.indexOf(variant);
    return at < 0 ? order.size() : at;
  }

  private static List<StoredForm> in(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    Map<Convention, Map<String, StoredForm>> forms = new EnumMap<>(Convention.class);
    try (Stream<Path> files = Files.list(folder)) {
      files.filter(Files::isRegularFile).sorted().forEach(file -> add(forms, file));
    }
    return forms.values().stream().flatMap(byVariant -> byVariant.values().stream()).toList();
  }

  private static void add(Map<Convention, Map<String, StoredForm>> forms, Path file) {
    Matcher name = NAME.matcher(file.getFileName().toString());
    if (!name.matches()) {
      return;
    }
    Convention convention = Convention.ofBase(name.group("base"));
    boolean isIndex = name.group("index") != null;
    String variant =
        Stream.of("v1", "v2", "v3")
            .map(name::group)
            .filter(found -> found != null)
            .findFirst()
            .orElse("");
    StoredForm form =
        new StoredForm(
            convention,
            variant,
            isIndex ? Optional.empty() : Optional.of(file),
            isIndex ? Optional.of(file) : Optional.empty());
    forms
        .computeIfAbsent(convention, any -> new TreeMap<>())
        .merge(variant, form, StoredForm::with);
  }

  private StoredForm with(StoredForm other) {
    return new StoredForm(convention, variant, single.or(other::single), index.or(other::index));
  }
}
