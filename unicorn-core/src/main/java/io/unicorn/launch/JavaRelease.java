package io.unicorn.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A JDK as the file {@code release} in its directory describes it.
 *
 * @param home its directory
 * @param feature its feature version, such as 17
 * @param description the whole file, which changes with every build
 */
record JavaRelease(Path home, int feature, String description) {

	private static final Pattern VERSION = Pattern.compile("^JAVA_VERSION=\"(?:1\\.)?(\\d{1,4})\\b", Pattern.MULTILINE);

	private static final Pattern OTHER_VM = Pattern.compile("^JVM_VARIANT=\"?+(?!Hotspot)", Pattern.MULTILINE);

	/**
	 * Return the JDK that a {@code java} program belongs to, or nothing if it does not
	 * say which it is.
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

	/** Whether its virtual machine is HotSpot, or does not say that it is another. */
	boolean isHotSpot() {
		return !OTHER_VM.matcher(this.description).find();
	}

}
