package dev.dualprocess.qwen25vl;

import dev.dualprocess.image.ImageSize;
import dev.dualprocess.nn.LanguageModel;
import dev.dualprocess.nn.RotaryEmbedding;
import dev.dualprocess.qwen.Grid;
import dev.dualprocess.recompute.Blocks;
import dev.dualprocess.tensor.Lifetime;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.TensorOwner;
import dev.dualprocess.text.Tokenizer;
import dev.dualprocess.vqa.ChatFormat;
import dev.dualprocess.vqa.PixelNorm;
import dev.dualprocess.weights.Checkpoint;
import dev.dualprocess.weights.Weights;
import dev.dualprocess.weights.Weights.Initializer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/**
 * Qwen2.5-VL as a function of batches, for whoever trains it: weights are fp32, and operations are
 * recorded for backward wherever {@link #tensors} were made to require a gradient. All images of a
 * batch have one size, and each has one question.
 *
 * <p>Where the folder holds no weights yet, an {@link Initializer} makes them. Not thread-safe.
 */
public final class Qwen25VlNetwork implements AutoCloseable {
  private static final Placement PLACEMENT = Placement.CPU;

  private final TensorOwner owner = new TensorOwner();
  private final List<Checkpoint> checkpoints = new ArrayList<>(); // none, or one
  private final Lifetime lifetime = new Lifetime("this network");
  private final Qwen25Vl architecture;
  private final Weights weights;
  private final VisionTower visual;
  private final LanguageModel model;
  private final PixelNorm norm;
  private final Tokenizer tokenizer;
  private final Grid grid;
  private final ChatFormat chat;

  private Qwen25VlNetwork(Path folder, ImageSize size, Initializer initializer) throws IOException {
    architecture = Qwen25Vl.read(folder);
    chat = architecture.chat();
    weights = weights(folder, initializer);
    Blocks blocks = new Blocks();
    visual = architecture.imageEncoder(weights, blocks);
    model = architecture.languageModel(weights, blocks);
    weights.requireComplete(architecture.tiedHead() ? Set.of(LanguageModel.HEAD_KEY) : Set.of());
    checkpoints.forEach(Checkpoint::close); // all of it was read
    norm = new PixelNorm(architecture.imageStatistics(), PLACEMENT);
    grid = Grid.of(size, architecture.config().vision().patches());
    tokenizer = Tokenizer.open(folder);
  }

  /**
   * Opens a checkpoint's folder: config and tokenizer must be there, weights may be.
   *
   * @param size of all images; both sides multiples of a merged patch
   * @throws IOException in one line, if files are missing, broken or do not fit each other
   */
  public static Qwen25VlNetwork open(Path folder, ImageSize size, Initializer initializer)
      throws IOException {
    return new Qwen25VlNetwork(folder, size, initializer);
  }

  private Weights weights(Path folder, Initializer initializer) throws IOException {
    if (!Files.exists(folder.resolve("model.safetensors"))) {
      return Weights.made(initializer, PLACEMENT, owner);
    }
    Checkpoint checkpoint = Checkpoint.open(folder);
    checkpoints.add(checkpoint);
    return Weights.of(checkpoint, PLACEMENT, owner);
  }

  /** All tensors by their names in the file. */
  public Map<String, Tensor> tensors() {
    lifetime.requireOpen();
    return weights.tensors();
  }

  /** How many tokens an image takes. */
  public int imageTokens() {
    return grid.tokens();
  }

  /** Channels of an image token. */
  public int imageTokenWidth() {
    return architecture.config().vision().outHiddenSize();
  }

  /** The tokens of a question about an image, in the chat format, up to where the answer begins. */
  public long[] promptIds(String question) {
    return chat.promptIds(tokenizer, question, grid);
  }

  /** The one token of a short word. */
  public long tokenOf(String word) {
    long[] ids = tokenizer.encodePlain(word);
    if (ids.length != 1) {
      throw new IllegalArgumentException("'" + word + "' is " + ids.length + " tokens");
    }
    return ids[0];
  }

  /** Images fp32 [B, 3, H, W] in [-1, 1] to image tokens [B, tokens, D]. */
  public Tensor see(Tensor images) {
    lifetime.requireOpen();
    Tensor tokens = visual.forward(norm.apply(images), grid);
    return tokens.view(images.size(0), grid.tokens(), -1);
  }

  /**
   * Logits of what follows some positions of prompts.
   *
   * @param imageTokens as {@link #see} returned them, [B, tokens, D]
   * @param inputIds B prompts, of any lengths; each starts with the same tokens up to the image
   * @param positions for each prompt the same number of indices into it
   * @return [B · positions, vocabulary], prompt by prompt
   */
  public Tensor logits(Tensor imageTokens, List<long[]> inputIds, List<long[]> positions) {
    lifetime.requireOpen();
    int batch = inputIds.size();
    int length = inputIds.stream().mapToInt(ids -> ids.length).max().orElseThrow();
    long[] padded = new long[batch * length];
    for (int i = 0; i < batch; i++) {
      System.arraycopy(inputIds.get(i), 0, padded, i * length, inputIds.get(i).length);
    }
    int start = imageStart(inputIds.get(0));
    Tensor text = model.embedTokens().forward(Ops.longs(padded, batch, length));
    long end = (long) start + grid.tokens();
    Tensor x = Ops.cat(1, text.narrow(1, 0, start), imageTokens, text.narrow(1, end, length - end));
    RotaryEmbedding rope =
        architecture.rotation().rope(grid.positions(start), 0, length, PLACEMENT);
    // What pads a prompt stands behind it, where causal attention does not look.
    Tensor h = Memory.scoped(() -> model.hidden(x, rope)).flatten(0, 1);
    return model.logits(h, rows(positions, length));
  }

  private int imageStart(long[] inputIds) {
    int start = 0;
    while (inputIds[start] != chat.imageToken().id()) {
      start++;
    }
    return start;
  }

  private static long[] rows(List<long[]> positions, int length) {
    long[] rows = new long[positions.size() * positions.get(0).length];
    int at = 0;
    for (int i = 0; i < positions.size(); i++) {
      long first = (long) i * length;
      long[] shifted = Arrays.stream(positions.get(i)).map(p -> first + p).toArray();
      System.arraycopy(shifted, 0, rows, at, shifted.length);
      at += shifted.length;
    }
    return rows;
  }

  @Override
  public void close() {
    lifetime.close(
        () -> {
          norm.close();
          visual.close();
          tokenizer.close();
          owner.close();
        });
  }
}
