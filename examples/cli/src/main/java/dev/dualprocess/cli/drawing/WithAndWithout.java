package dev.dualprocess.cli.drawing;

import dev.dualprocess.Conditioning;
import dev.dualprocess.lora.LoraTargets.Attachment;
import dev.dualprocess.run.RunListener;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Draws every text with every seed twice: without the LoRAs, and with them. */
public record WithAndWithout(Easel easel, LoadedLoras loras) {
  /** Draws them, and puts them side by side: {@code compare.png} and {@code index.html}. */
  public void draw(List<NamedText> texts) throws IOException {
    ComparisonPage page =
        new ComparisonPage(easel.folder().path(), texts, easel.seeds(), loras.names());
    page.requireRoom(easel.overwrite());
    for (NamedText text : texts) {
      for (long seed : easel.seeds()) {
        easel.requireNoOther(
            ComparisonPage.before(text, seed), easel.parameters(text, seed, List.of()));
        easel.requireNoOther(
            ComparisonPage.after(text, seed), easel.parameters(text, seed, loras.names()));
      }
    }
    int total = 2 * page.size();
    try (RunListener.Progress bar = easel.listener().progress("Drawing", total, 0)) {
      for (NamedText text : texts) {
        draw(text, bar);
      }
    }
    page.write(easel.listener());
    easel.folder().writeResults(results(page));
    easel.done(total);
  }

  private void draw(NamedText text, RunListener.Progress bar) throws IOException {
    try (Conditioning conditioning = easel.generator().condition(text.text())) {
      easel.draw(
          conditioning,
          easel.seeds(),
          (seed, picture) -> {
            easel.keep(
                ComparisonPage.before(text, seed),
                picture,
                easel.parameters(text, seed, List.of()));
            bar.piece();
          });
      try (Attachment attached = loras.attach(easel.generator())) {
        easel.draw(
            conditioning,
            easel.seeds(),
            (seed, picture) -> {
              easel.keep(
                  ComparisonPage.after(text, seed),
                  picture,
                  easel.parameters(text, seed, loras.names()));
              bar.piece();
            });
      }
    }
  }

  private Map<String, Object> results(ComparisonPage page) {
    Map<String, Object> results = new LinkedHashMap<>();
    results.put("task", "generate");
    results.put("loras", loras.names());
    results.put("pictures", page.pictures());
    return results;
  }
}
