package dev.dualprocess.tensor;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.testing.Golden;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Attention in half precision on CUDA, and what it carries back, against the same in fp32 with all
 * scores written out: in the shapes of the models, and as these lay out their heads.
 */
@Tag("gpu")
class CudaAttentionTest {
  private static final Placement GPU = new Placement("cuda:0", Dtype.BFLOAT16);
  private static final double TOLERANCE = 2e-2;

  @ParameterizedTest
  @CsvSource({
    "1, 24, 1536, 1536, 128, false", // FLUX.1
    "1, 24, 1024, 1536, 128, false", // its last block
    "2, 4, 37, 37, 16, false",
    "1, 16, 370, 370, 128, true", // Qwen2.5-VL
    "16, 16, 64, 64, 80, false", // its windows
    "1, 16, 1296, 1296, 80, false",
    "1, 1, 4096, 4096, 512, false", // the autoencoder of FLUX.1
  })
  void isThatOfFp32(long batch, long heads, long lq, long lk, long width, boolean causal) {
    for (boolean byToken : new boolean[] {false, true}) {
      List<Double> errors = errors(batch, heads, lq, lk, width, causal, byToken);
      assertTrue(errors.stream().allMatch(e -> e < TOLERANCE), byToken + " " + errors);
    }
  }

  /**
   * Relative errors of the value and of the gradients of q, k and v.
   *
   * @param byToken whether a token's heads lie side by side in memory
   */
  static List<Double> errors(
      long batch, long heads, long lq, long lk, long width, boolean causal, boolean byToken) {
    try (PointerScope scope = new PointerScope()) {
      List<Double> errors = new ArrayList<>();
      Tensor[] given = {
        Noise.randn(1, batch, lq, heads, width),
        Noise.randn(2, batch, lk, heads, width),
        Noise.randn(3, batch, lk, heads, width),
        Noise.randn(4, batch, lq, heads, width)
      };
      Tensor[] coarse = leaves(given, GPU);
      Tensor[] fine = leaves(given, new Placement("cuda:0", Dtype.FLOAT32));
      Tensor y = attention(coarse, causal, byToken);
      Torch.setFusedAttention(false);
      Tensor wanted = attention(fine, causal, byToken);
      Ops.backward(wanted, fine[3].detach());
      Torch.setFusedAttention(true);
      Ops.backward(y, coarse[3].detach());
      errors.add(Golden.relativeError(host(wanted), host(y)));
      for (int i = 0; i < 3; i++) {
        errors.add(Golden.relativeError(host(fine[i].grad()), host(coarse[i].grad())));
      }
      return errors;
    }
  }

  private static Tensor[] leaves(Tensor[] given, Placement placement) {
    Tensor[] leaves = new Tensor[given.length];
    for (int i = 0; i < leaves.length; i++) {
      Tensor rounded = given[i].to(torch.ScalarType.BFloat16);
      leaves[i] = Ops.leaf(placement.place(rounded));
    }
    return leaves;
  }

  private static Tensor host(Tensor x) {
    return Placement.CPU.placeFloat32(x);
  }

  /** Of tensors [B, L, H, D], to the same shape. */
  private static Tensor attention(Tensor[] qkv, boolean causal, boolean byToken) {
    Tensor[] heads = new Tensor[3];
    for (int i = 0; i < heads.length; i++) {
      Tensor turned = qkv[i].transpose(1, 2);
      heads[i] = byToken ? turned : turned.contiguous();
    }
    double scale = 1 / Math.sqrt((double) qkv[0].size(3));
    return (causal
            ? Ops.causalAttention(heads[0], heads[1], heads[2], scale)
            : Ops.attention(heads[0], heads[1], heads[2], null, scale))
        .transpose(1, 2);
  }
}
