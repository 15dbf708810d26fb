// Fonts ship with the product: an offline machine may have none for Japanese.
import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/noto-sans-jp/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
