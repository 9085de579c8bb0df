package dev.dualprocess.evaluate;

import dev.dualprocess.Generator;
import dev.dualprocess.Verifier;
import dev.dualprocess.language.Assistant;
import dev.dualprocess.language.AssistantSource;
import dev.dualprocess.language.Instructions;
import dev.dualprocess.models.ModelSource;
import dev.dualprocess.run.RunFolder;
import dev.dualprocess.spi.LoadOptions;
import dev.dualprocess.tensor.Placement;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;

/**
 * Opens the models of the benchmark's workers, each device its own.
 *
 * @param generator who draws
 * @param verifiers who teach, a committee where they are several
 * @param judge who says whether an image shows what was asked for
 * @param assistant who expands prompts and finds questions
 * @param instructions the words that judge and assistant are asked with
 * @param settings of the benchmark
 * @param opening how generator and verifiers are opened on a device
 * @param folder where the results go
 */
public record BenchmarkWorkers(
    ModelSource<Generator> generator,
    List<ModelSource<Verifier>> verifiers,
    AssistantSource judge,
    AssistantSource assistant,
    Instructions instructions,
    BenchmarkSettings settings,
    Function<Placement, LoadOptions> opening,
    RunFolder folder)
    implements Benchmark.Workers<PromptPair, JudgedPair> {
  @Override
  public void open(Placement placement, Benchmark.Work<PromptPair, JudgedPair> work)
      throws IOException {
    try (Generator drawing = generator.open(opening.apply(placement));
        Verifier teaching =
            settings.learns()
                ? ModelSource.openVerifier(verifiers, opening.apply(placement))
                : null;
        Assistant judging = judge.open(placement);
        Assistant helping =
            assistant.named().equals(judge.named()) ? null : assistant.open(placement)) {
      work.with(
          new PairJudging(
                  drawing,
                  teaching,
                  helping == null ? judging : helping,
                  judging,
                  instructions,
                  settings,
                  folder)
              ::judge);
    }
  }
}
