package dev.dualprocess.cli.bench;

import dev.dualprocess.VqaSettings.Resizing;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.vqa.Decoding;
import dev.dualprocess.vqa.SeenImage;
import dev.dualprocess.vqa.VisionLanguageModel;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Measures a free answer: with the cache of keys and values, and reading everything anew. */
public final class TextBench {
  private static final String QUESTION = "What is in this picture?";
  private static final int SIDE = 224;
  private static final int ROUNDS = 3;

  private TextBench() {}

  /**
   * How long an answer took, with the cache and without.
   *
   * @param promptTokens of the question, the image's included
   * @param newTokens of the answer
   * @param cachedSeconds of the whole answer, the best of several
   * @param anewSeconds of the same answer without the cache
   * @param sameTokens how many of its tokens are the same without the cache
   */
  public record Result(
      int promptTokens, int newTokens, double cachedSeconds, double anewSeconds, int sameTokens) {
    /** How many times faster the cache is. */
    public double speedUp() {
      return anewSeconds / cachedSeconds;
    }

    /** The figures by name, for machines. */
    public Map<String, Object> toMap() {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("promptTokens", promptTokens);
      map.put("newTokens", newTokens);
      map.put("cachedSeconds", cachedSeconds);
      map.put("anewSeconds", anewSeconds);
      map.put("sameTokens", sameTokens);
      map.put("speedUp", speedUp());
      return map;
    }
  }

  /** Of a model that stays the caller's, on an answer of at most that many tokens. */
  public static Result run(VisionLanguageModel model, int tokens) {
    Result[] result = new Result[1];
    Memory.withoutGrad(
        () -> {
          Tensor image = torch.zeros(1, 3, SIDE, SIDE);
          SeenImage seen = model.see(model.placement().placeFloat32(image), Resizing.PROCESSOR);
          long[] prompt = model.promptIds(QUESTION, seen);
          result[0] = run(model, prompt, seen, tokens);
        });
    return result[0];
  }

  private static Result run(VisionLanguageModel model, long[] prompt, SeenImage seen, int tokens) {
    double cached = Double.POSITIVE_INFINITY;
    double anew = Double.POSITIVE_INFINITY;
    long[] answer = model.generate(prompt, seen, Decoding.greedy(tokens)); // warms up
    int same = 0;
    for (int round = 0; round < ROUNDS; round++) {
      long start = System.nanoTime();
      answer = model.generate(prompt, seen, Decoding.greedy(tokens));
      long middle = System.nanoTime();
      same = readAnew(model, prompt, seen, answer);
      cached = Math.min(cached, (middle - start) * 1e-9);
      anew = Math.min(anew, (System.nanoTime() - middle) * 1e-9);
    }
    return new Result(prompt.length, answer.length, cached, anew, same);
  }

  /** Reads the prompt and all tokens so far for every token; how many come out the same. */
  private static int readAnew(
      VisionLanguageModel model, long[] prompt, SeenImage seen, long[] answer) {
    int same = 0;
    long[] ids = prompt;
    for (long token : answer) {
      long[] read = ids;
      long next =
          Memory.freeing(
              () ->
                  Ops.toLongs(model.logits(read, new long[] {read.length - 1L}, seen).argmax())[0]);
      same += next == token ? 1 : 0;
      ids = LongStream.concat(Arrays.stream(ids), LongStream.of(token)).toArray();
    }
    return same;
  }
}
