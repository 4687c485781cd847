package io.unicorn.launch;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What a master runs from and where it keeps its files. Paths are in byte form, see
 * {@link io.unicorn.posix.Command}.
 *
 * @param workDir the private directory
 * @param classPath jars and directories, in order
 * @param nativeDirectory directory of the native library, or {@code null} if it is
 * unpacked at each start
 */
public record MasterProgram(String workDir, List<String> classPath, @Nullable String nativeDirectory) {

	public MasterProgram {
		classPath = List.copyOf(classPath);
	}

}
