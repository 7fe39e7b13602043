/**
 * Makes the table of the exported page sort by its headings and filter by words. Everything can be read without it. Numbers
 * sort by `data-value`, what has none stands last.
 */
export const script = `
const body = document.querySelector('.layers tbody');
const rows = [...body.rows];
const filter = document.querySelector('template').content.firstElementChild;
document.querySelector('.layers').before(filter);
const input = filter.querySelector('input');
input.addEventListener('input', () => {
  const words = input.value.toLowerCase().split(/\\s+/).filter(Boolean);
  for (const row of rows) row.hidden = !words.every((word) => row.textContent.toLowerCase().includes(word));
});
const headings = [...document.querySelectorAll('.layers thead th')];
headings.forEach((heading, column) => {
  const button = document.createElement('button');
  button.type = 'button';
  button.append(...heading.childNodes);
  heading.append(button);
  button.addEventListener('click', () => {
    const down = heading.getAttribute('aria-sort') === 'ascending';
    for (const other of headings) other.removeAttribute('aria-sort');
    heading.setAttribute('aria-sort', down ? 'descending' : 'ascending');
    const value = (row) => row.cells[column].dataset.value ?? row.cells[column].textContent;
    const isNumber = heading.classList.contains('number');
    const order = (a, b) => {
      const [x, y] = [value(a), value(b)];
      if (x === '' || y === '') return (x === '') - (y === '');
      const difference = isNumber ? Number(x) - Number(y) : x.localeCompare(y, 'en', { numeric: true });
      return down ? -difference : difference;
    };
    rows.sort((a, b) => order(a, b) || a.cells[0].dataset.value - b.cells[0].dataset.value);
    body.append(...rows);
  });
});
`;
