/** Finding and opening models: folders, bundled ones, plug-ins, and the local hub cache. */
package dev.dualprocess.models;
