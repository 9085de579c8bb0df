package dev.dualprocess.cli.drawing;

import dev.dualprocess.Assessment;
import dev.dualprocess.Conditioning;
import dev.dualprocess.distill.Examiner;
import dev.dualprocess.image.Pixels;
import dev.dualprocess.lora.LoraTargets.Attachment;
import dev.dualprocess.run.RunListener;
import dev.dualprocess.tensor.Memory;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Draws some seeds for each picture and keeps the one a verifier likes best: best-of-N, which any
 * learnt control has to beat.
 *
 * @param examiner asks the verifier
 * @param of N, how many seeds one picture is chosen from; picture i has the i-th N of all
 */
public record BestOfSeeds(Easel easel, LoadedLoras loras, Examiner examiner, int of) {
  /** Draws them, and tells in {@code results.json} what each was chosen from. */
  public void draw(List<NamedText> texts) throws IOException {
    int each = easel.seeds().size() / of;
    for (NamedText text : texts) {
      for (int i = 0; i < each; i++) {
        easel.requireNoOther(name(text, i), Map.of());
      }
    }
    List<Map<String, Object>> results = new ArrayList<>();
    int total = texts.size() * easel.seeds().size();
    try (Attachment attached = loras.attach(easel.generator());
        RunListener.Progress bar = easel.listener().progress("Drawing", total, 0)) {
      for (NamedText text : texts) {
        try (Conditioning conditioning = easel.generator().condition(text.text())) {
          for (int i = 0; i < each; i++) {
            List<Long> some = easel.seeds().subList(i * of, (i + 1) * of);
            results.add(keepBest(text, name(text, i), choice(conditioning, some, bar)));
          }
        }
      }
    }
    easel.folder().writeResults(results(results));
    easel.done(results.size());
  }

  private static String name(NamedText text, int i) {
    return text.start() + "best-" + (i + 1);
  }

  private Choice choice(Conditioning text, List<Long> some, RunListener.Progress bar)
      throws IOException {
    Choice choice = new Choice();
    easel.draw(
        text,
        some,
        (seed, picture) -> {
          choice.offer(seed, picture, probability(picture));
          bar.piece();
        });
    return choice;
  }

  private double probability(BufferedImage picture) {
    return Memory.freeing(
        () ->
            examiner.assess(Pixels.toTensor(picture)).stream()
                .mapToDouble(Assessment::probability)
                .average()
                .orElseThrow());
  }

  private Map<String, Object> keepBest(NamedText text, String name, Choice choice)
      throws IOException {
    Map<String, Object> parameters = easel.parameters(text, choice.best().seed(), loras.names());
    parameters.putAll(choice.toMap());
    easel.keep(name, choice.picture(), parameters);
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("prompt", text.text());
    result.put("file", name + ".png");
    result.putAll(choice.toMap());
    return result;
  }

  private Map<String, Object> results(List<Map<String, Object>> pictures) {
    Map<String, Object> results = new LinkedHashMap<>();
    results.put("task", "generate");
    results.put("bestOf", of);
    results.put("loras", loras.names());
    results.put("pictures", pictures);
    return results;
  }
}
