package io.unicorn.launch.plan;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class JavaCommandLineTests {

	@ParameterizedTest(name = "java {0} | {1}")
	@CsvSource(delimiter = '|', nullValues = "-", value = { "-|-jar app.jar",
			"-Xmx1g -Dx=y|-jar app.jar --server.port=1", "-cp a:b|Main arg", "-classpath a:b|Main",
			"--class-path a:b|Main", "--class-path=a:b|Main", "--add-opens=java.base/java.io=ALL-UNNAMED|-jar app.jar",
			"--add-opens java.base/java.io=ALL-UNNAMED|-jar app.jar", "--add-exports a/b=c --add-reads a=b|Main",
			"--add-modules ALL-SYSTEM --limit-modules java.base|Main", "--patch-module a=b.jar|Main",
			"-p mods|-m app/com.Main arg", "--module-path mods|--module app/com.Main",
			"--module-path=mods|--module=app", "--enable-native-access ALL-UNNAMED|-jar app.jar",
			"--source 17|Main.java -Xmx1g", "@opts.txt|-jar app.jar @arg", "@everything.txt|-",
			"-javaagent:a.jar=b -agentlib:x|Main", "-|Main -Xmx1g -cp x -jar y",
			"-|-jar app.jar -Dafter=main -jar other.jar", "-version|-", "-cp a --add-opens x=y -Dz|com.example.Main",
			"--enable-preview -ea:com...|Main", "-XX:+UseSerialGC -Xlog:gc*:file=gc.log|-jar app.jar" })
	void optionsEndWhereTheyEndForTheLauncher(String options, String main) {
		List<String> expectedOptions = words(options);
		List<String> expectedMain = words(main);
		List<String> all = new ArrayList<>(List.of("/usr/bin/java"));
		all.addAll(expectedOptions);
		all.addAll(expectedMain);
		JavaCommandLine line = JavaCommandLine.parse(all);
		assertThat(line.executable()).isEqualTo("/usr/bin/java");
		assertThat(line.options()).isEqualTo(expectedOptions);
		assertThat(line.main()).isEqualTo(expectedMain);
	}

	private static List<String> words(String text) {
		return (text != null) ? List.of(text.split(" ", -1)) : List.of();
	}

	@Test
	void anArgumentMayBeEmptyOrHaveSpaces() {
		JavaCommandLine line = JavaCommandLine.parse(List.of("java", "-Da=b c", "-cp", "", "Main", "", " x "));
		assertThat(line.options()).containsExactly("-Da=b c", "-cp", "");
		assertThat(line.main()).containsExactly("Main", "", " x ");
	}

	@Test
	void aCommandLineMayBeTooShort() {
		assertThat(JavaCommandLine.parse(List.of())).isEqualTo(new JavaCommandLine("java", List.of(), List.of()));
		assertThat(JavaCommandLine.parse(List.of("j"))).isEqualTo(new JavaCommandLine("j", List.of(), List.of()));
		assertThat(JavaCommandLine.parse(List.of("java", "-cp")))
			.isEqualTo(new JavaCommandLine("java", List.of("-cp"), List.of()));
	}

}
