package dev.dualprocess.cli.drawing;

import dev.dualprocess.Conditioning;
import dev.dualprocess.lora.LoraTargets.Attachment;
import dev.dualprocess.run.RunListener;
import java.io.IOException;
import java.util.List;

/** Draws every text with every seed, under the LoRAs. */
public record EverySeed(Easel easel, LoadedLoras loras) {
  /** Draws them; none is drawn if one would take the place of another. */
  public void draw(List<NamedText> texts) throws IOException {
    for (NamedText text : texts) {
      for (long seed : easel.seeds()) {
        easel.requireNoOther(text.ofSeed(seed), easel.parameters(text, seed, loras.names()));
      }
    }
    int total = texts.size() * easel.seeds().size();
    try (Attachment attached = loras.attach(easel.generator());
        RunListener.Progress bar = easel.listener().progress("Drawing", total, 0)) {
      for (NamedText text : texts) {
        draw(text, bar);
      }
    }
    easel.done(total);
  }

  private void draw(NamedText text, RunListener.Progress bar) throws IOException {
    try (Conditioning conditioning = easel.generator().condition(text.text())) {
      easel.draw(
          conditioning,
          easel.seeds(),
          (seed, picture) -> {
            easel.keep(text.ofSeed(seed), picture, easel.parameters(text, seed, loras.names()));
            bar.piece();
          });
    }
  }
}
