package dev.dualprocess.tensor;

import java.util.Objects;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/**
 * Where a model lives: a device by name and the dtype of its frozen weights.
 *
 * @param device {@code cpu}, {@code cuda}, {@code cuda:N}, or {@code meta} (shapes only, no memory)
 * @param dtype type of the frozen floating point weights and activations
 */
public record Placement(String device, Dtype dtype) {
  private static final Pattern DEVICE = Pattern.compile("cpu|meta|cuda(:\\d{1,2})?");

  /** The CPU in fp32. */
  public static final Placement CPU = new Placement("cpu", Dtype.FLOAT32);

  /** The meta device: tensors have shapes but no memory. */
  public static final Placement META = new Placement("meta", Dtype.FLOAT32);

  /**
   * Checks the form of the name; whether the device exists is checked by {@link #requireAvailable}.
   */
  public Placement {
    Objects.requireNonNull(dtype, "dtype");
    Objects.requireNonNull(device, "device");
    device = device.equals("cuda") ? "cuda:0" : device;
    if (!DEVICE.matcher(device).matches()) {
      throw new IllegalArgumentException(
          "unknown device '" + device + "': use cpu or cuda:N, such as cuda:0");
    }
    if (!dtype.isFloatingPoint() || dtype.isFloat8()) {
      throw new IllegalArgumentException("weights need a floating point dtype, not " + dtype);
    }
  }

  /** bf16 on the first CUDA GPU where there is one, else fp32 on the CPU. */
  public static Placement automatic() {
    return on(Torch.cudaDevices() > 0 ? "cuda:0" : "cpu");
  }

  /** That device with the dtype that suits it: bf16 on CUDA, fp32 on the CPU. */
  public static Placement on(String device) {
    Objects.requireNonNull(device, "device");
    return new Placement(device, device.startsWith("cuda") ? Dtype.BFLOAT16 : Dtype.FLOAT32);
  }

  /**
   * This placement, if its device exists on this machine.
   *
   * @throws IllegalArgumentException in one line that says what is there
   */
  public Placement requireAvailable() {
    Natives.load();
    if (device.startsWith("cuda")) {
      int index = device.contains(":") ? Integer.parseInt(device.substring(5)) : 0;
      int count = Torch.cudaDevices();
      if (index >= count) {
        throw new IllegalArgumentException(
            count == 0
                ? "device "
                    + device
                    + ": no CUDA device is usable here ("
                    + Torch.build()
                    + ": "
                    + CudaLibraries.missing().orElseGet(() -> CudaDevice.all().toString())
                    + "); use cpu"
                : "device " + device + ": this machine has cuda:0 to cuda:" + (count - 1));
      }
    }
    return this;
  }

  /** Whether this is the meta device. */
  public boolean isMeta() {
    return device.equals("meta");
  }

  /**
   * {@code tensor} on this device, floating point values in this dtype; the same tensor if it is
   * there.
   */
  public Tensor place(Tensor tensor) {
    return Dtype.of(tensor).isFloatingPoint()
        ? tensor.to(torchDevice(), dtype.scalarType())
        : tensor.to(torchDevice(), tensor.scalar_type());
  }

  /** {@code tensor} on this device in fp32. */
  public Tensor placeFloat32(Tensor tensor) {
    return tensor.to(torchDevice(), torch.ScalarType.Float);
  }

  /** Options for making fp32 tensors on this device. */
  public TensorOptions float32Options() {
    Natives.load();
    return new TensorOptions(torch.ScalarType.Float).device(new DeviceOptional(torchDevice()));
  }

  /** The device as libtorch names it. */
  public Device torchDevice() {
    Natives.load();
    return new Device(device);
  }
}
