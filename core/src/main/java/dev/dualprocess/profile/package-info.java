/** Where the time, the memory and the floating-point operations of a step go. */
package dev.dualprocess.profile;
