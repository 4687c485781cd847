package io.unicorn.boot.once;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.DirectFieldAccessor;
import org.springframework.beans.PropertyAccessor;
import org.springframework.beans.PropertyAccessorFactory;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.core.io.support.ResourcePatternResolver;

/**
 * Finds the statements of an initializer's scripts that take data away from workers which
 * serve.
 */
final class DroppingScripts {

	private static final Pattern COMMENT = Pattern.compile("--[^\\n]*|/\\*.*?\\*/", Pattern.DOTALL);

	private static final Pattern DROP = Pattern
		.compile("\\b(?:drop\\s+(?:table|schema|database|view)|truncate|delete\\s+from)\\b", Pattern.CASE_INSENSITIVE);

	private static final String OPTIONAL = "optional:";

	private static final ResourcePatternResolver RESOURCES = new PathMatchingResourcePatternResolver();

	private DroppingScripts() {
	}

	/**
	 * Return the first such statement and its script, as a phrase for the log, or
	 * {@code null} if there is none.
	 */
	static @Nullable String find(Object initializer) {
		try {
			for (Resource script : scripts(new DirectFieldAccessor(initializer))) {
				String text = COMMENT.matcher(script.getContentAsString(StandardCharsets.UTF_8)).replaceAll(" ");
				Matcher drop = DROP.matcher(text);
				if (drop.find()) {
					return drop.group().replaceAll("\\s+", " ").toUpperCase(Locale.ROOT) + " in "
							+ script.getFilename();
				}
			}
			return null;
		}
		catch (IOException ex) {
			// The initializer reports that it cannot read its script.
			return null;
		}
	}

	private static List<Resource> scripts(DirectFieldAccessor initializer) throws IOException {
		List<Resource> scripts = new ArrayList<>();
		if (initializer.isReadableProperty("settings")) {
			Object settings = initializer.getPropertyValue("settings");
			if (settings != null) {
				PropertyAccessor properties = PropertyAccessorFactory.forBeanPropertyAccess(settings);
				add(scripts, properties.getPropertyValue("schemaLocations"));
				add(scripts, properties.getPropertyValue("dataLocations"));
			}
		}
		else if (initializer.isReadableProperty("databasePopulator")) {
			Object populator = initializer.getPropertyValue("databasePopulator");
			if (populator != null && new DirectFieldAccessor(populator).isReadableProperty("scripts")) {
				add(scripts, new DirectFieldAccessor(populator).getPropertyValue("scripts"));
			}
		}
		return scripts;
	}

	private static void add(List<Resource> scripts, @Nullable Object found) throws IOException {
		if (!(found instanceof Collection<?> entries)) {
			return;
		}
		for (Object entry : entries) {
			if (entry instanceof Resource resource) {
				scripts.add(resource);
			}
			else if (entry instanceof String location) {
				String pattern = location.startsWith(OPTIONAL) ? location.substring(OPTIONAL.length()) : location;
				for (Resource resource : RESOURCES.getResources(pattern)) {
					if (resource.isReadable()) {
						scripts.add(resource);
					}
				}
			}
		}
	}

}
