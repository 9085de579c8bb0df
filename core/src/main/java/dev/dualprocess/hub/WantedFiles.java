package dev.dualprocess.hub;

import static java.util.stream.Collectors.groupingBy;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Which files of a repository are worth downloading. */
final class WantedFiles {
  private static final Pattern KINDS = Pattern.compile(".*\\.(json|txt|model|safetensors)");
  private static final Pattern OTHER_PROGRAMS =
      Pattern.compile("(.*/)?(onnx|openvino)/.*|.*\\.(bin|msgpack|h5)\\.index(\\.\\w+)?\\.json");

  private WantedFiles() {}

  /** Those of the patterns, each content in one form. */
  static List<RepoFile> of(List<RepoFile> files, List<String> patterns) {
    List<PathMatcher> matchers =
        patterns.stream().map(p -> FileSystems.getDefault().getPathMatcher("glob:" + p)).toList();
    Map<String, List<RepoFile>> byFolder =
        files.stream()
            .filter(file -> KINDS.matcher(file.path()).matches())
            .filter(file -> !OTHER_PROGRAMS.matcher(file.path()).matches())
            .filter(file -> matchers.stream().anyMatch(m -> m.matches(Path.of(file.path()))))
            .collect(groupingBy(WantedFiles::folder));
    return byFolder.values().stream().map(WantedFiles::once).flatMap(Collection::stream).toList();
  }

  private static String folder(RepoFile file) {
    return file.path().substring(0, file.path().lastIndexOf('/') + 1);
  }

  /** What is no weight, and of the weights the form that is read. */
  private static List<RepoFile> once(List<RepoFile> folder) {
    Map<Boolean, List<RepoFile>> byKind =
        folder.stream().collect(groupingBy(file -> file.path().contains(".safetensors")));
    List<RepoFile> wanted = new ArrayList<>(byKind.getOrDefault(false, List.of()));
    wanted.addAll(form(byKind.getOrDefault(true, List.of())));
    return wanted;
  }

  /** Of weights with names of their own nothing is known: all stay. */
  private static Collection<RepoFile> form(List<RepoFile> weights) {
    Map<WeightForm, List<RepoFile>> forms =
        weights.stream()
            .filter(file -> WeightForm.of(file).isPresent())
            .collect(groupingBy(file -> WeightForm.of(file).orElseThrow()));
    Optional<WeightForm> best =
        forms.keySet().stream()
            .filter(form -> !form.sharded() || hasIndex(forms.getOrDefault(form, List.of())))
            .min(Comparator.naturalOrder());
    return best.map(form -> forms.getOrDefault(form, List.of())).orElse(weights);
  }

  private static boolean hasIndex(List<RepoFile> shards) {
    return shards.stream().anyMatch(file -> file.path().endsWith(".json"));
  }
}
