package dev.dualprocess.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.testing.Golden;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is asked of CUDA itself: its allocator's figures and its switches. */
@Tag("gpu")
class CudaTest {
  private static final Placement GPU = new Placement("cuda:0", Dtype.FLOAT32);
  private static final long MIB = 1 << 20;

  private PointerScope scope;

  @BeforeEach
  void openScope() {
    scope = new PointerScope();
  }

  @AfterEach
  void closeScope() {
    scope.close();
    Torch.setTf32(false);
    Torch.setFusedAttention(true);
  }

  private static Tensor empty(long bytes) {
    return torch.empty(new long[] {bytes / Float.BYTES}, GPU.float32Options(), null);
  }

  @Test
  void memoryInUseIsThatOfTheTensors() {
    PeakMemory memory = PeakMemory.of(GPU);
    empty(MIB).close(); // the first one loads libraries, which take memory of their own
    long before = memory.bytesNow();
    long free = FreeMemory.bytes(GPU);
    memory.reset();
    try (PointerScope inner = new PointerScope()) {
      Tensor large = empty(64 * MIB);
      assertEquals(before + 64 * MIB, memory.bytesNow());
      assertEquals((double) (free - 64 * MIB), (double) FreeMemory.bytes(GPU), 2.0 * MIB);
      assertTrue(large.is_cuda());
    }
    assertEquals(before, memory.bytesNow());
    assertEquals(before + 64 * MIB, memory.bytes());
    // What the allocator keeps for the next tensor counts as free.
    assertEquals((double) free, (double) FreeMemory.bytes(GPU), 2.0 * MIB);
    memory.reset();
    assertEquals(before, memory.bytes());
  }

  @Test
  void moreMemoryThanThereIsIsRecognised() {
    RuntimeException error = assertThrows(RuntimeException.class, () -> empty(1L << 50));
    assertTrue(Torch.isOutOfMemory(error), error.getMessage());
  }

  /** A factor of 1 + 2⁻¹² is 1 in TF32, which has 10 bits of fraction. */
  @Test
  void tf32RoundsTheFactorsOfAProduct() {
    int n = 1024;
    Tensor ones = torch.ones(new long[] {n, n}, GPU.float32Options());
    Tensor more = ones.mul(new Scalar(1 + Math.pow(2, -12)));
    Torch.setTf32(false);
    assertEquals(n + 0.25, torch.matmul(ones, more).mean().item_double(), 1e-3);
    Torch.setTf32(true);
    assertEquals(n, torch.matmul(ones, more).mean().item_double(), 1e-3);
  }

  /** Eight heads' scores of 2048 tokens are 128 MiB in fp32; fused kernels keep none of them. */
  @Test
  void fusedAttentionKeepsNoScores() {
    Tensor cpu = Noise.randn(1, 3, 8, 2048, 64);
    Tensor wanted = attention(cpu, false);
    Tensor wantedCausal = attention(cpu, true);
    Tensor qkv = GPU.placeFloat32(cpu);
    for (boolean fused : new boolean[] {true, false}) {
      Torch.setFusedAttention(fused);
      PeakMemory memory = PeakMemory.of(GPU);
      memory.reset();
      long before = memory.bytesNow();
      Tensor found = Memory.scoped(() -> attention(qkv, false));
      long taken = memory.bytes() - before;
      assertEquals(fused, taken < 64 * MIB, taken + " bytes");
      assertTrue(fused || taken >= 128 * MIB, taken + " bytes");
      Golden.assertClose("attention", wanted, Placement.CPU.placeFloat32(found), 1e-4);
      Tensor causal = Memory.scoped(() -> attention(qkv, true));
      Golden.assertClose("causal", wantedCausal, Placement.CPU.placeFloat32(causal), 1e-4);
    }
  }

  private static Tensor attention(Tensor qkv, boolean causal) {
    Tensor q = qkv.select(0, 0).unsqueeze(0);
    Tensor k = qkv.select(0, 1).unsqueeze(0);
    Tensor v = qkv.select(0, 2).unsqueeze(0);
    return causal ? Ops.causalAttention(q, k, v, 0.125) : Ops.attention(q, k, v, null, 0.125);
  }

  @Test
  void theDriverDescribesItsDevices() {
    assertEquals(Optional.empty(), CudaLibraries.missing());
    CudaDevice first = CudaDevice.all().get(0);
    assertTrue(first.usable(), first::toString);
    assertTrue(first.bytes() >= FreeMemory.bytes(GPU));
    assertTrue(first.major() >= 7 && !first.name().isBlank());
    assertTrue(CudaLibraries.driver().matches("\\d+\\.\\d+"));
    assertTrue(CudaLibraries.runtime().startsWith("13."));
    assertTrue(CudaLibraries.cudnn().startsWith("9."));
  }
}
