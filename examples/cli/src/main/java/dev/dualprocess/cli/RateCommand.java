package dev.dualprocess.cli;

import dev.dualprocess.Assessment;
import dev.dualprocess.Question;
import dev.dualprocess.Verifier;
import dev.dualprocess.VqaSettings;
import dev.dualprocess.cli.console.Console;
import dev.dualprocess.evaluate.VqaScore;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.image.PictureFile;
import dev.dualprocess.image.Pixels;
import dev.dualprocess.models.MemoryPlan;
import dev.dualprocess.models.ModelSource;
import dev.dualprocess.overlay.Presentation;
import dev.dualprocess.overlay.PresentationSettings;
import dev.dualprocess.overlay.VisualPrompt;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.vqa.Asking;
import dev.dualprocess.vqa.Look;
import dev.dualprocess.vqa.VqaVerifier;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Asks a verifier about a picture from a file: the probability of the answers, or a free one. */
@Command(
    name = "rate",
    mixinStandardHelpOptions = true,
    description = "Ask a verifier about a picture.")
final class RateCommand implements Callable<Integer> {
  private static final int LONGEST_ANSWER = 32;

  @Option(
      names = "--verifier",
      required = true,
      paramLabel = "DIR[:WEIGHT]",
      description =
          "A model directory, 'tiny', a plug-in's name, or a hub id; several make a committee, in"
              + " which DIR:0.7 counts 0.7 times as much as one without a weight.")
  private List<String> verifierNames;

  @Option(
      names = "--image",
      required = true,
      paramLabel = "FILE",
      description = "The picture: PNG, JPEG, WebP, GIF or BMP.")
  private Path image;

  @Option(
      names = "--question",
      description = "What is asked (default: the visual prompt's own question).")
  private @Nullable String question;

  @Option(
      names = "--text",
      description =
          "Say how well the picture shows this text, by VQAScore (arXiv 2404.01291), in place of a"
              + " question of your own.")
  private @Nullable String text;

  @Option(
      names = "--answer",
      description = "The answer whose probability is wanted (default: Yes).")
  private @Nullable String answer;

  @Option(
      names = "--no-postfix",
      description = "Do not append 'Answer with Yes or No.' to questions with such answers.")
  private boolean noPostfix;

  @Option(
      names = "--tiles",
      description =
          "Look at the picture in tiles too, as SmolVLM's own processor does: finer detail for as"
              + " many times the work as there are tiles, up to 17 (default: as a whole, which is"
              + " what a verifier is shown in training).")
  private boolean tiles;

  @Mixin private DrawingOptions drawing;
  @Mixin private DownloadOptions download;
  @Mixin private PlacementOptions placement;
  @Mixin private OpeningOptions opening;
  @Mixin private MemoryOptions memory;
  @Mixin private ThreadOptions threads;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException {
    Optional<VisualPrompt> laidOver = drawing.visualPrompt();
    Question asked = asked(laidOver);
    BufferedImage bare = PictureFile.read(image);
    List<ModelSource<Verifier>> sources = download.verifiers(verifierNames);
    Placement where = placement.placement();
    threads.apply();
    memory.require(MemoryPlan.looking(sources, opening.at(where)));
    BufferedImage picture = laidOver.isPresent() ? shown(bare, laidOver) : bare;
    try (Verifier verifier = ModelSource.openVerifier(sources, opening.at(where))) {
      report(verifier, picture, asked);
    }
    return 0;
  }

  private Question asked(Optional<VisualPrompt> laidOver) {
    if (text == null) {
      Question plain =
          new Question(
              question == null ? DrawingOptions.question(laidOver) : question,
              answer == null ? "Yes" : answer);
      return noPostfix ? plain : plain.withYesNoPostfix();
    }
    if (question != null || answer != null || noPostfix || laidOver.isPresent()) {
      throw new IllegalArgumentException(
          "--text asks VQAScore's own question about the bare picture: leave out --question,"
              + " --answer, --no-postfix and any drawing");
    }
    return VqaScore.question(text);
  }

  private static BufferedImage shown(BufferedImage bare, Optional<VisualPrompt> laidOver) {
    ImageSize size = new ImageSize(bare.getHeight(), bare.getWidth());
    try (Presentation presentation =
        new Presentation(laidOver, size, PresentationSettings.DEFAULT, Placement.CPU)) {
      return Memory.freeing(() -> Pixels.toImage(presentation.shown(Pixels.toTensor(bare))));
    }
  }

  private void report(Verifier verifier, BufferedImage picture, Question asked) {
    Console console = output.console();
    Map<String, Object> event = new LinkedHashMap<>();
    if (tiles && !(verifier instanceof VqaVerifier)) {
      throw new IllegalArgumentException(
          "verifier '%s' looks at no picture in tiles".formatted(verifier.name()));
    }
    Look look = tiles ? Look.IN_TILES : Look.WHOLE;
    VqaSettings settings = text == null ? VqaSettings.DEFAULT : VqaScore.SETTINGS;
    Assessment assessment = Asking.assess(verifier, picture, look, asked, settings);
    if (verifier instanceof VqaVerifier vqa) {
      String says = vqa.answer(picture, look, asked.text(), LONGEST_ANSWER);
      event.put("says", says);
      console.say("%s says: %s", verifier.name(), says);
    }
    event.put("question", asked.text());
    event.put("answer", asked.answer());
    event.put("probability", assessment.probability());
    event.put("loss", assessment.loss());
    event.put("predicted", assessment.predicted());
    if (text != null) {
      event.put("text", text);
      event.put("vqascore", assessment.probability());
      console.say("VQAScore by %s: %.4f", verifier.name(), assessment.probability());
    }
    console.event("rating", event);
    console.say(
        "p('%s') = %.4f, loss %.4f, most likely instead: '%s'",
        asked.answer(), assessment.probability(), assessment.loss(), assessment.predicted());
  }
}
