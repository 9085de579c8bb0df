package dev.dualprocess.flux;

import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.recompute.Blocks;
import dev.dualprocess.tensor.Lifetime;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.TensorOwner;
import dev.dualprocess.text.Tokenizer;
import dev.dualprocess.weights.Checkpoint;
import dev.dualprocess.weights.Weights;
import dev.dualprocess.weights.Weights.Initializer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * The four networks of a FLUX.1 pipeline's folder as functions of batches, for whoever trains them
 * rather than a LoRA: weights are fp32, and operations are recorded for backward wherever {@link
 * #autoencoder}, {@link #transformer}, {@link #clip} or {@link #t5} were made to require a
 * gradient.
 *
 * <p>A network whose folder holds no weights yet starts from an {@link Initializer}. Not
 * thread-safe.
 */
public final class FluxNetworks implements AutoCloseable {
  private static final Placement PLACEMENT = Placement.CPU;

  private final TensorOwner owner = new TensorOwner();
  private final List<Checkpoint> checkpoints = new ArrayList<>();
  private final Lifetime lifetime = new Lifetime("these networks");
  private final Tokenizer tokenizer;
  private final Tokenizer tokenizer2;
  private final Weights vaeWeights;
  private final Weights transformerWeights;
  private final Weights clipWeights;
  private final Weights t5Weights;
  private final AutoencoderKl vae;
  private final FluxTransformer fluxTransformer;
  private final ClipTextEncoder clipEncoder;
  private final T5Encoder t5Encoder;
  private final ClipTextConfig clipConfig;
  private final RopeCache ropes;

  /**
   * Texts as both encoders read them.
   *
   * @param clipIds int64 [B, Lc]
   * @param t5Ids int64 [B, Lt]
   */
  public record TextIds(Tensor clipIds, Tensor t5Ids) {}

  private FluxNetworks(Path folder, Initializer initializer) throws IOException {
    AutoencoderKlConfig vaeConfig = config(folder, "vae", AutoencoderKlConfig.class);
    FluxTransformerConfig transformerConfig =
        config(folder, "transformer", FluxTransformerConfig.class);
    clipConfig = config(folder, "text_encoder", ClipTextConfig.class);
    T5Config t5Config = config(folder, "text_encoder_2", T5Config.class);
    vaeWeights = weights(folder.resolve("vae"), initializer, key -> key);
    vae = AutoencoderKl.load(vaeWeights, vaeConfig, new Blocks());
    transformerWeights = weights(folder.resolve("transformer"), initializer, key -> key);
    fluxTransformer = FluxTransformer.load(transformerWeights, transformerConfig, new Blocks());
    clipWeights = weights(folder.resolve("text_encoder"), initializer, ClipTextEncoder::rename);
    clipEncoder = ClipTextEncoder.load(clipWeights, clipConfig);
    t5Weights = weights(folder.resolve("text_encoder_2"), initializer, key -> key);
    t5Encoder = T5Encoder.load(t5Weights, t5Config);
    for (Weights weights : List.of(vaeWeights, transformerWeights, clipWeights, t5Weights)) {
      weights.requireComplete();
    }
    checkpoints.forEach(Checkpoint::close); // all of them was read
    ropes = new RopeCache(transformerConfig.axesDimsRope(), PLACEMENT);
    tokenizer = Tokenizer.openPadding(folder.resolve("tokenizer"));
    tokenizer2 = Tokenizer.openPadding(folder.resolve("tokenizer_2"));
  }

  /**
   * Opens a pipeline's folder: configs and tokenizers must be there, weights may be.
   *
   * @throws IOException in one line, if files are missing, broken or do not fit each other
   */
  public static FluxNetworks open(Path folder, Initializer initializer) throws IOException {
    return new FluxNetworks(folder, initializer);
  }

  private static <T extends Record> T config(Path folder, String part, Class<T> type)
      throws IOException {
    return ConfigFile.read(folder.resolve(part).resolve("config.json")).as(type);
  }

  private Weights weights(Path part, Initializer initializer, UnaryOperator<String> rename)
      throws IOException {
    if (!Files.exists(part.resolve("model.safetensors"))
        && !Files.exists(part.resolve("diffusion_pytorch_model.safetensors"))) {
      return Weights.made(initializer, PLACEMENT, owner);
    }
    Checkpoint checkpoint = Checkpoint.open(part);
    checkpoints.add(checkpoint);
    // Copies: a file is mapped, and training writes into its tensors and then over the file.
    return Weights.of(checkpoint, PLACEMENT, owner, rename);
  }

  /** The autoencoder's tensors by their names in its file. */
  public Map<String, Tensor> autoencoder() {
    lifetime.requireOpen();
    return vaeWeights.tensors();
  }

  /** The transformer's tensors by their names in its file. */
  public Map<String, Tensor> transformer() {
    lifetime.requireOpen();
    return transformerWeights.tensors();
  }

  /** CLIP's tensors by their names in its file. */
  public Map<String, Tensor> clip() {
    lifetime.requireOpen();
    return clipWeights.tensors();
  }

  /** T5's tensors by their names in its file. */
  public Map<String, Tensor> t5() {
    lifetime.requireOpen();
    return t5Weights.tensors();
  }

  /** The mean of images' latents as the autoencoder has them: [B, 3, H, W] to [B, C, h, w]. */
  public Tensor encode(Tensor images) {
    lifetime.requireOpen();
    return vae.encode(images).mode();
  }

  /** The images of latents as the autoencoder has them: [B, C, h, w] to [B, 3, H, W]. */
  public Tensor decode(Tensor latents) {
    lifetime.requireOpen();
    return vae.decode(latents);
  }

  /**
   * The autoencoder's latents as the transformer has them: scaled, shifted and packed, [B, C, h, w]
   * to [B, L, 4 C].
   */
  public Tensor packed(Tensor latents) {
    AutoencoderKlConfig config = vae.config();
    Tensor scaled = Ops.mul(Ops.add(latents, -config.shiftFactor()), config.scalingFactor());
    return grid(latents.size(2), latents.size(3)).pack(scaled);
  }

  /** The way back from {@link #packed}, for square images. */
  public Tensor unpacked(Tensor tokens) {
    long side = Math.round(Math.sqrt((double) tokens.size(1))) * LatentGrid.PATCH;
    return vae.unscaled(grid(side, side).unpack(tokens));
  }

  private static LatentGrid grid(long height, long width) {
    return new LatentGrid(
        Math.toIntExact(height / LatentGrid.PATCH), Math.toIntExact(width / LatentGrid.PATCH));
  }

  /** The ids of texts, padded as the pipeline pads them; in the caller's scope. */
  public TextIds ids(List<String> texts) {
    int clipLength =
        Math.min(tokenizer.modelMaxLength().orElseThrow(), clipConfig.maxPositionEmbeddings());
    int t5Length = tokenizer2.modelMaxLength().orElseThrow();
    return new TextIds(
        rows(texts.stream().map(t -> tokenizer.encodePadded(t, clipLength)).toList()),
        rows(texts.stream().map(t -> tokenizer2.encodePadded(t, t5Length)).toList()));
  }

  private static Tensor rows(List<long[]> ids) {
    Tensor[] rows = new Tensor[ids.size()];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = Ops.longs(ids.get(i), ids.get(i).length);
    }
    return torch.stack(new TensorVector(rows), 0);
  }

  /**
   * The velocity v(x_t, t | text) of square images.
   *
   * @param x packed latents, fp32 [B, L, C]
   * @param t time 1 (noise) to 0 (image), fp32 [B]
   * @return [B, L, C]
   */
  public Tensor velocity(Tensor x, Tensor t, TextIds texts) {
    lifetime.requireOpen();
    Tensor pooled =
        Memory.scoped(
            () -> clipEncoder.pooled(clipEncoder.forward(texts.clipIds()), texts.clipIds()));
    Tensor promptEmbeds = Memory.scoped(() -> t5Encoder.forward(texts.t5Ids()));
    int side = (int) Math.round(Math.sqrt((double) x.size(1)));
    Rope rope = ropes.rope(promptEmbeds.size(1), new LatentGrid(side, side));
    return fluxTransformer.forward(x, promptEmbeds, pooled, t, null, rope);
  }

  @Override
  public void close() {
    lifetime.close(
        () -> {
          ropes.close();
          tokenizer.close();
          tokenizer2.close();
          owner.close();
        });
  }
}
