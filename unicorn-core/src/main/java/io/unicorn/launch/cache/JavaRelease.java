package io.unicorn.launch.cache;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Describes a JDK by the file {@code release} in its directory.
 *
 * @param home its directory
 * @param feature its feature version, such as 17
 * @param description the whole file, which differs between builds
 */
record JavaRelease(Path home, int feature, String description) {

	private static final Pattern VERSION = Pattern.compile("^JAVA_VERSION=\"(?:1\\.)?(\\d{1,4})\\b", Pattern.MULTILINE);

	private static final Pattern OTHER_VM = Pattern.compile("^JVM_VARIANT=\"?+(?!Hotspot)", Pattern.MULTILINE);

	/**
	 * Return the JDK of a {@code java} program, or empty if there is no such file or no
	 * version in it.
	 */
	static Optional<JavaRelease> of(Path program) {
		try {
			Path home = program.toRealPath().resolve("../..").normalize();
			String description = Files.readString(home.resolve("release"));
			Matcher version = VERSION.matcher(description);
			return version.find() ? Optional.of(new JavaRelease(home, Integer.parseInt(version.group(1)), description))
					: Optional.empty();
		}
		catch (IOException ex) {
			return Optional.empty();
		}
	}

	/**
	 * Return whether its virtual machine is HotSpot: the file does not name another one.
	 */
	boolean isHotSpot() {
		return !OTHER_VM.matcher(this.description).find();
	}

}
