package dev.dualprocess.evaluate;

import dev.dualprocess.Conditioning;
import dev.dualprocess.Generator;
import dev.dualprocess.Sampling;
import dev.dualprocess.Verifier;
import dev.dualprocess.evaluate.ScoredText.ScoredImage;
import dev.dualprocess.evaluate.ScoredText.ScoredRow;
import dev.dualprocess.lora.Lora;
import dev.dualprocess.lora.LoraTargets.Attachment;
import dev.dualprocess.models.ModelSource;
import dev.dualprocess.run.RunFolder;
import dev.dualprocess.run.SamplingParameters;
import dev.dualprocess.run.TrainingRun;
import dev.dualprocess.spi.LoadOptions;
import dev.dualprocess.tensor.Placement;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Draws texts, without a LoRA and with it, and has a verifier score every image by {@link
 * VqaScore}. Each device opens models of its own.
 *
 * @param generator who draws
 * @param verifiers who score, a committee where they are several
 * @param lora what is attached for the second row, if anything; stays the caller's
 * @param loraNamed what the images' parameters say of it
 * @param images of each text and row
 * @param sampling how they are drawn
 * @param opening how models are opened on a device
 * @param folder where images go
 */
public record TextScoring(
    ModelSource<Generator> generator,
    List<ModelSource<Verifier>> verifiers,
    Optional<Lora> lora,
    List<String> loraNamed,
    int images,
    Sampling sampling,
    Function<Placement, LoadOptions> opening,
    RunFolder folder)
    implements Benchmark.Workers<TextToShow, ScoredText> {
  @Override
  public void open(Placement placement, Benchmark.Work<TextToShow, ScoredText> work)
      throws IOException {
    try (Generator drawing = generator.open(opening.apply(placement));
        Verifier scoring = ModelSource.openVerifier(verifiers, opening.apply(placement))) {
      work.with((index, text) -> scored(drawing, scoring, index, text));
    }
  }

  private ScoredText scored(Generator drawing, Verifier scoring, int index, TextToShow text)
      throws IOException {
    List<ScoredRow> rows = new ArrayList<>();
    try (Conditioning conditioning = drawing.condition(text.prompt())) {
      rows.add(row(ScoredText.BASE, drawing, scoring, index, text, conditioning));
      if (lora.isPresent()) {
        try (Attachment attached = drawing.loraTargets().attach(lora.get(), 1)) {
          rows.add(row(ScoredText.LORA, drawing, scoring, index, text, conditioning));
        }
      }
    }
    return new ScoredText(index, text, rows);
  }

  private ScoredRow row(
      String row,
      Generator drawing,
      Verifier scoring,
      int index,
      TextToShow text,
      Conditioning conditioning)
      throws IOException {
    List<ScoredImage> scored = new ArrayList<>();
    for (int i = 0; i < images; i++) {
      long seed = TrainingRun.FIRST_UNSEEN_SEED + i;
      BufferedImage image = drawing.generate(conditioning, sampling, seed);
      double score = VqaScore.assess(scoring, image, text.shown()).probability();
      String name = "%04d-%s-%d".formatted(index, row, i);
      Map<String, Object> parameters = new LinkedHashMap<>();
      parameters.put("prompt", text.prompt());
      parameters.put("seed", seed);
      parameters.putAll(SamplingParameters.of(drawing, sampling));
      parameters.put("loras", row.equals(ScoredText.LORA) ? loraNamed : List.of());
      parameters.put("vqascore", score);
      folder.writeImage(name, image, parameters);
      scored.add(new ScoredImage(seed, "images/" + name + ".png", score));
    }
    return new ScoredRow(row, scored);
  }
}
