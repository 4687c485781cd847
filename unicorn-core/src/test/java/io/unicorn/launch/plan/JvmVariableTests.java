package io.unicorn.launch.plan;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class JvmVariableTests {

	@Test
	void quotesProtectWhiteSpaceAnywhereInAFlag() {
		assertThat(JvmVariable.of("JAVA_TOOL_OPTIONS= -Da=b\t'-Dc=d e' -Df=\"g 'h'\"i ''").flags())
			.containsExactly("-Da=b", "-Dc=d e", "-Df=g 'h'i", "");
	}

	@Test
	void flagsAreReplacedAndRemovedAndTheRestStaysAsItIs() {
		JvmVariable variable = JvmVariable.of("X=-Da=b  '-Dc=d e' -Df -D\"g\"=$1");
		assertThat(variable.with((flag) -> flag.equals("-Df") ? null : flag.replace("d e", "d 0")))
			.isEqualTo("X=-Da=b  \"-Dc=d 0\"  -D\"g\"=$1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "a", "a b", "a\"b", "a'b", "a 'b' \"c\"", "" })
	void whatReplacesAFlagIsReadAsItWasWritten(String text) {
		String entry = JvmVariable.of("X=-Dold").with((flag) -> "-Dnew=" + text);
		assertThat(JvmVariable.of(entry).flags()).containsExactly("-Dnew=" + text);
	}

}
