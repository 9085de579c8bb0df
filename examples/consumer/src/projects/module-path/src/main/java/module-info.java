/** A program on the module path. */
module app {
  requires dev.dualprocess.core;
  requires java.desktop;
}
