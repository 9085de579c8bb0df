package dev.dualprocess.run;

import dev.dualprocess.Check;
import dev.dualprocess.Prompt;
import dev.dualprocess.models.Checksums;
import dev.dualprocess.models.ModelSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The content of {@code config.json}: everything that is needed to run it again. */
public final class RunConfig {
  private RunConfig() {}

  /**
   * What {@code config.json} says of a run; reads the models' files for their checksums.
   *
   * @param prompts the one it is about, and others that are trained in turn with it
   */
  public static Map<String, Object> of(
      ModelSource<?> generator,
      List<? extends ModelSource<?>> verifiers,
      List<Prompt> prompts,
      Record settings,
      List<String> commandLine)
      throws IOException {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("version", Version.current());
    config.put("commandLine", commandLine);
    config.put("generator", model(generator));
    List<Map<String, Object>> judges = new ArrayList<>();
    for (ModelSource<?> verifier : verifiers) {
      judges.add(model(verifier));
    }
    config.put("verifiers", judges);
    Prompt prompt = prompts.get(0);
    config.put("prompt", prompt.text());
    config.put("checks", checks(prompt));
    List<Map<String, Object>> also = new ArrayList<>();
    for (Prompt other : prompts.subList(1, prompts.size())) {
      also.add(Map.of("prompt", other.text(), "checks", checks(other)));
    }
    config.put("also", also);
    config.put("settings", settings);
    return config;
  }

  /**
   * What {@code config.json} says of a distillation, by which {@link RunPlan#read} finds all of it
   * again; reads the models' files for their checksums, and writes the drawings' pictures.
   *
   * @throws IOException if files cannot be read or written
   */
  public static Map<String, Object> of(
      RunPlan plan,
      ModelSource<?> generator,
      List<? extends ModelSource<?>> verifiers,
      RunFolder folder,
      List<String> commandLine)
      throws IOException {
    Map<String, Object> config =
        of(generator, verifiers, plan.prompts(), plan.settings(), commandLine);
    Map<String, Object> asked = plan.toMap(RunPlan.drawings(folder.path()));
    asked.keySet().removeAll(List.of("generator", "verifiers"));
    config.putAll(asked);
    return config;
  }

  private static Map<String, Object> model(ModelSource<?> source) throws IOException {
    Map<String, Object> model = new LinkedHashMap<>();
    model.put("id", source.named());
    model.put("provider", source.provider().name());
    if (source.folder().isPresent()) {
      model.put("sha256", Checksums.ofModel(source.folder().get()));
    }
    return model;
  }

  private static List<Map<String, Object>> checks(Prompt prompt) {
    return prompt.checks().stream().map(RunConfig::check).toList();
  }

  static Map<String, Object> check(Check check) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("question", check.question().text());
    map.put("answer", check.question().answer());
    if (check.weight() != 1) {
      map.put("weight", check.weight());
    }
    check
        .visualPrompt()
        .ifPresent(
            visualPrompt -> {
              map.put("visualPrompt", visualPrompt.toString());
              map.put("overlayMode", visualPrompt.mode());
            });
    return map;
  }
}
