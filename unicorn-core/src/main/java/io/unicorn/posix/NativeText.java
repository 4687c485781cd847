package io.unicorn.posix;

import java.nio.file.Path;
import java.util.List;

final class NativeText {

	private NativeText() {
	}

	static String encode(String text) {
		return text;
	}

	static List<String> readList(Path path) {
		return List.of(path.toString());
	}

}
